// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/task_list_page.hpp"
#include "base/url_encoding.hpp"
#include "html_reader.hpp"
#include "sample_scenario.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;

namespace {

TaskListPage page_of(const SchedulerHarness& harness, const TaskFilter& filter) {
    const auto query = scheduler::make_sliced_query(harness.machine.state(), filter.request(), harness.now);
    while (!query->step(harness.machine.state(), scheduler::Budget(1000))) {
    }
    TaskListPage page = read_task_list(filter, query->take_result());
    page.taken = harness.now;
    return page;
}

TaskFilter read(const std::string& text) {
    const FormFields fields = form_decoded(text);
    PageQuery query(fields);
    return TaskFilter::read(query);
}

}  // namespace

TEST_CASE("a list has the last error of a failed task, as its explanation has it", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    REQUIRE(harness.gets("W") == "A");
    harness.advance(scheduler::Seconds(61));
    harness.prunes();
    const auto errors = take_errors(harness.machine.state(), page_of(harness, {}));
    CHECK(errors.at("A") == "worker 'W' was silent for more than 60 s");
}

TEST_CASE("the filter of a list is in its address", "[dashboard]") {
    const TaskFilter filter = read("status=FAILED&family=FetchLead&worker=w+1&text=lead%3D006&error=refused&after=7");
    CHECK(filter.status == "FAILED");
    CHECK(filter.family == "FetchLead");
    CHECK(filter.worker == "w 1");
    CHECK(filter.text == "lead=006");
    CHECK(filter.error == "refused");
    CHECK(filter.after == 7);
    CHECK(read(form_encoded(filter.fields())).fields() == filter.fields());
    CHECK(task_list_address({.status = "FAILED", .text = "a b&c"}) == "tasks?status=FAILED&text=a%20b%26c");
    CHECK(task_list_address({}) == "tasks");
}

TEST_CASE("a state that there is not, and a cursor that is no number, are ignored", "[dashboard]") {
    CHECK(read("status=BROKEN&after=x&after=-3&other=1").fields().empty());
}

TEST_CASE("the JSON of a list has the same tasks as its page", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Bake_1");
    harness.gets("W");
    harness.registers("W", "Bake_2");
    const Json list = task_list_json(page_of(harness, {.status = "RUNNING", .family = "Bake"}));
    REQUIRE(list.at("tasks").as_array().size() == 1);
    const Json task = list.at("tasks").as_array().front();
    CHECK(task.at("task_id").as_string() == "Bake_1");
    CHECK(task.at("status").as_string() == "RUNNING");
    CHECK(task.at("worker").as_string() == "W");
    CHECK(task.at("status_since").as_string().ends_with("Z"));
    CHECK(task.at("progress_percentage").is_null());
    CHECK(list.at("next_after").is_null());
}

TEST_CASE("a list names each task with its state, worker and link", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Bake_1");
    harness.gets("W");
    harness.registers("W", "Bake_2");
    const HtmlReader page(task_list_page(page_of(harness, {.family = "Bake"})));
    CHECK(page.inside("h1") == "Tasks");
    CHECK_THAT(page.text(), Catch::Contains("RUNNING Bake() W"));
    CHECK_THAT(page.text(), Catch::Contains("PENDING Bake()"));
    CHECK(std::ranges::count(page.links(), "task/Bake_2") == 1);
}

TEST_CASE("a long list has pages, each task on one", "[dashboard]") {
    SchedulerHarness harness;
    for (int i = 0; i < 250; ++i) harness.registers("W", "Bake_" + std::to_string(i));
    TaskFilter filter{.family = "Bake"};
    std::vector<std::string> seen;
    int pages = 0;
    for (;;) {
        const TaskListPage page = page_of(harness, filter);
        ++pages;
        for (const auto& line : page.tasks) seen.push_back(line.task.id);
        const HtmlReader html(task_list_page(page));
        CHECK(std::ranges::count(html.each("a"), "Next page") == (page.next ? 1 : 0));
        if (!page.next) break;
        filter.after = page.next;
        CHECK(std::ranges::count(html.links(), task_list_address(filter)) == 1);
    }
    CHECK(pages == 3);
    std::ranges::sort(seen);
    CHECK(std::ranges::adjacent_find(seen) == seen.end());
    CHECK(seen.size() == 250);
}

TEST_CASE("hostile text in a filter and in names is shown as text", "[dashboard]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "<script>alert(1)</script>", .family = "<b>"});
    TaskListPage page = page_of(harness, {});
    page.filter.text = "\"><script>alert(2)</script>";
    const HtmlReader html(task_list_page(page));
    CHECK(html.each("script") == std::vector<std::string>{""});
    CHECK(html.elements().count("b") == 0);
}

TEST_CASE("a list without tasks says so", "[dashboard]") {
    CHECK_THAT(task_list_page({}), Catch::Contains("No task matches."));
    CHECK_THAT(task_list_page({.filter = {.after = 3}}), Catch::Contains("No more tasks match."));
}
