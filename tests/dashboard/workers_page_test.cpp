// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/workers_page.hpp"
#include "dashboard/resources_page.hpp"
#include "html_reader.hpp"
#include "sample_scenario.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;

namespace {

WorkersView workers_of(const SchedulerHarness& harness, bool may_operate = false) {
    WorkersView view = take_workers_view(harness.machine.state(), harness.now);
    view.may_operate = may_operate;
    return view;
}

ResourcesView resources_of(const SchedulerHarness& harness, bool may_operate = false) {
    ResourcesView view = take_resources_view(harness.machine.state(), harness.now);
    view.may_operate = may_operate;
    return view;
}

}  // namespace

TEST_CASE("the page of workers has each with what it runs, and actions for operators only", "[dashboard]") {
    const SchedulerHarness harness = sample_scenario();
    const WorkersView view = workers_of(harness);
    REQUIRE(view.workers.total == 2);
    CHECK(view.workers.items[0].running.items.at(0).status == rpc::Status::running);
    const HtmlReader html(workers_page(view));
    CHECK_THAT(html.text(), Catch::Contains("Worker(host=node1, pid=4711)") && Catch::Contains("1 of 1") &&
                                Catch::Contains("The scheduler assigns tasks."));
    CHECK(html.elements().count("form") == 0);
    const std::string page = workers_page(workers_of(harness, true));
    CHECK_THAT(page, Catch::Contains("api/disable_worker") && Catch::Contains("api/set_worker_processes") &&
                         Catch::Contains("api/pause") && Catch::Contains("gets no more tasks"));
}

TEST_CASE("a worker that runs many tasks leads to their list", "[dashboard]") {
    SchedulerHarness harness;
    for (int i = 0; i < 9; ++i) {
        harness.registers("W", "Load_" + std::to_string(i));
        harness.gets("W");
    }
    const WorkersView view = workers_of(harness);
    CHECK(view.workers.items[0].running.items.size() == max_tasks_of_worker);
    CHECK(view.workers.items[0].running.total == 9);
    CHECK(std::ranges::count(HtmlReader(workers_page(view)).links(), "tasks?status=RUNNING&worker=W") == 1);
}

TEST_CASE("a paused scheduler says so and can be unpaused, and a drained worker has no action", "[dashboard]") {
    SchedulerHarness harness;
    harness.send(rpc::Ping{"W"});
    harness.send(rpc::Pause{});
    harness.send(rpc::DisableWorker{"W"});
    const std::string page = workers_page(workers_of(harness, true));
    CHECK_THAT(page, Catch::Contains("The scheduler is paused") && Catch::Contains("api/unpause") &&
                         !Catch::Contains("api/pause\"") && !Catch::Contains("api/disable_worker") &&
                         !Catch::Contains("api/set_worker_processes"));
    CHECK_THAT(HtmlReader(page).text(), Catch::Contains("DRAINED W"));
    CHECK(workers_json(workers_of(harness)).at("is_paused").as_bool());
}

TEST_CASE("a worker drains as long as it runs what it has", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.send(rpc::DisableWorker{"W"});
    CHECK_THAT(HtmlReader(workers_page(workers_of(harness))).text(), Catch::Contains("DRAINING W"));
}

TEST_CASE("the page of resources has limits, use and holders, and a form for operators only", "[dashboard]") {
    const SchedulerHarness harness = sample_scenario();
    const ResourcesView view = resources_of(harness);
    REQUIRE(view.resources.total == 2);
    CHECK(view.resources.items[0].resource.name == "downloads");
    CHECK(view.resources.items[0].held_by.total == 1);
    const HtmlReader html(resources_page(view));
    CHECK_THAT(html.text(), Catch::Contains("downloads 1 4 FetchLead"));
    CHECK(html.elements().count("form") == 0);
    CHECK_THAT(resources_page(resources_of(harness, true)), Catch::Contains("api/update_resource"));
    CHECK(resources_json(view).at("resources").at("items").as_array()[0].at("limit").as_integer() == 4);
}

TEST_CASE("hostile names of workers and resources are text", "[dashboard]") {
    scheduler::Config config;
    config.resources = {{"<script>1</script>", 2}};
    SchedulerHarness harness(config);
    harness.send(rpc::Ping{"\"><script>2</script>"});
    const std::vector<std::string> own_script{""};
    CHECK(HtmlReader(workers_page(workers_of(harness, true))).each("script") == own_script);
    CHECK(HtmlReader(resources_page(resources_of(harness, true))).each("script") == own_script);
}
