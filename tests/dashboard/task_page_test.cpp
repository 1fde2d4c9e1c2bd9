// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/task_page.hpp"
#include "dashboard/front_page.hpp"
#include "dashboard/log_page.hpp"
#include "golden.hpp"
#include "html_reader.hpp"
#include "sample_scenario.hpp"
#include "store/tables.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using rpc::Status;

namespace {

TaskPageData data_of(const SchedulerHarness& harness, const std::string& id) {
    return {.id = id,
            .now = harness.now,
            .known = take_task_snapshot(harness.machine.state(), id, harness.now),
            .version = "1.2.3"};
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

HtmlReader page_of(const SchedulerHarness& harness, const std::string& id) {
    return HtmlReader(task_page(data_of(harness, id)));
}

/// Returns the history of a task with attempts by several workers.
TaskHistory written_history(const SchedulerHarness& harness, const std::string& message) {
    auto file = store::StateFile::in_memory();
    store::StateTables tables(file);
    auto transaction = file.begin();
    for (int i = 1; i <= 2; ++i) {
        const std::string worker = "W" + std::to_string(i);
        tables.start_attempt({.run_id = "R", .task_id = "A", .number = i, .worker = worker, .started = harness.now});
        tables.end_attempt({.task_id = "A",
                            .worker = worker,
                            .ended = harness.now + std::chrono::seconds(90),
                            .status = "FAILED",
                            .failure_class = "transient",
                            .message = Json(message).text()});
        tables.add_history(
            {.at = harness.now, .task_id = "A", .status = "FAILED", .worker = worker, .detail = message});
    }
    transaction.commit(store::Durability::crash);
    store::History history(file);
    return read_history(history, "A");
}

}  // namespace

TEST_CASE("a task page begins with state and reason", "[dashboard]") {
    const SchedulerHarness harness = sample_scenario();
    const HtmlReader page = page_of(harness, "IngestCycle_2026-08-21T06_0c7a91d3be");
    CHECK(page.inside("h1") == "IngestCycle(cycle=2026-08-21T06)");
    CHECK(contains(page.inside("main"), "PENDING waits for "));
    CHECK(contains(page.inside("main"), "message 214 is cut off"));
    CHECK(page.title() == "PENDING IngestCycle(cycle=2026-08-21T06) · Freshet");
}

TEST_CASE("a task page links to requirements and dependants, with their states", "[dashboard]") {
    const SchedulerHarness harness = sample_scenario();
    const HtmlReader page = page_of(harness, "ConvertLead_2026-08-21T06_009_9b4d2e6f80");
    CHECK(contains(page.section("requirements"), "FetchLead(cycle=2026-08-21T06, lead=9)"));
    CHECK(contains(page.section("dependants"), "PENDING IngestCycle(cycle=2026-08-21T06)"));
    CHECK(std::ranges::count(page.links(), "IngestCycle_2026-08-21T06_0c7a91d3be") == 1);
}

TEST_CASE("what a task waits for is a link where its page and the overview name it", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Whole_1", {"Part_1"});
    harness.registers("W", "Part_1");
    harness.gets("W");
    harness.fails("W", "Part_1", FailureClass::permanent);
    const std::string page = task_page(data_of(harness, "Whole_1"));
    CHECK(contains(page, R"(waits for <a class="task" href="Part_1">Part()</a>, which failed)"));
    const std::string overview = front_page(take_snapshot(harness.machine.state(), harness.now), {});
    CHECK(contains(overview, R"(waits for <a class="task" href="task/Part_1">Part()</a>, which failed)"));
}

TEST_CASE("the page of a root leads to its longest chain, and to the timeline of the run", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Whole_1", {"Part_1"});
    harness.registers("W", "Part_1");
    auto file = store::StateFile::in_memory();
    store::StateTables tables(file);
    tables.start_run(
        {.run_id = "R", .started = harness.now, .program = "gfs", .command = "gfs run Whole", .host = "h"});
    tables.start_attempt({.run_id = "R", .task_id = "Part_1", .worker = "W", .started = harness.now});
    store::History history(file);
    TaskPageData data = data_of(harness, "Whole_1");
    read_history(history, data);
    REQUIRE(data.run);
    const auto links = HtmlReader(task_page(data)).links();
    CHECK(std::ranges::count(links, "../graph?run=Whole_1") == 1);
    CHECK(std::ranges::count(links, "../run/R#timeline") == 1);
}

TEST_CASE("a task page folds the parameters that its name leaves out, below the attempts", "[dashboard]") {
    SchedulerHarness harness;
    harness.add({.worker = "W",
                 .task_id = "A",
                 .family = "A",
                 .params = {{"day", "1"}, {"area", ""}, {"retries", "3"}},
                 .name_params = std::vector<std::string>{"day"}});
    TaskPageData data = data_of(harness, "A");
    data.history = written_history(harness, "no such host");
    const std::string page = task_page(data);
    CHECK(HtmlReader(page).inside("h1") == "A(day=1)");
    CHECK(HtmlReader(page).section("parameters") ==
          "Parameters day 1 2 parameters with the default value, or without one area retries 3");
    CHECK(page.find("id=\"attempts\"") < page.find("id=\"parameters\""));
    harness.add({.worker = "W", .task_id = "B", .family = "B", .params = {{"day", "1"}, {"area", ""}}});
    CHECK(contains(page_of(harness, "B").section("parameters"), "day 1 1 parameter with"));
}

TEST_CASE("logs beside an embedded state belong to the attempts of their numbers, unless these repeat", "[dashboard]") {
    TaskPageData data{.id = "A", .logs = {{"A", "", 1}, {"A", "", 2}}};
    data.history.attempts = {{.run_id = "S", .task_id = "A", .number = 2, .worker = "W"},
                             {.run_id = "R", .task_id = "A", .number = 1, .worker = "W"}};
    CHECK(data.log_of(data.history.attempts[0]) == store::AttemptLogKey{"A", "", 2});
    CHECK(log_address(*data.log_of(data.history.attempts[1])) == "A/log?attempt=1");
    data.history.attempts.push_back({.run_id = "Q", .task_id = "A", .number = 1, .worker = "W"});
    CHECK_FALSE(data.log_of(data.history.attempts[1]));
}

TEST_CASE("a task page omits values of private parameters", "[dashboard]") {
    SchedulerHarness harness;
    harness.add({.worker = "W",
                 .task_id = "A",
                 .family = "A",
                 .params = {{"day", "2026-08-21"}, {"token", "s3cret"}},
                 .param_visibilities = {{"token", 1}}});
    const std::string html = task_page(data_of(harness, "A"));
    const HtmlReader page(html);
    CHECK(page.section("parameters") == "Parameters day 2026-08-21 token (hidden)");
    CHECK_FALSE(contains(html, "s3cret"));
}

TEST_CASE("a task page shows the whole error", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    auto report = SchedulerHarness::report("W", "A", Status::failed);
    report.expl = Json("Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: '<x>'").text();
    harness.add(std::move(report));
    const HtmlReader page = page_of(harness, "A");
    CHECK(page.inside("pre") == "Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: '<x>'");
}

TEST_CASE("the task page equals the golden file", "[dashboard]") {
    const SchedulerHarness harness = sample_scenario();
    TaskPageData data = data_of(harness, "ConvertLead_2026-08-21T06_000_9b4d2e6f80");
    data.history = written_history(harness, "read 'part': no such file");
    check_golden("task_page.html", task_page(data));
}

TEST_CASE("only web addresses become links", "[dashboard]") {
    CHECK(is_web_address("http://host/x"));
    CHECK(is_web_address("HTTPS://host/x?a=b"));
    CHECK_FALSE(is_web_address("javascript:alert(1)"));
    CHECK_FALSE(is_web_address("data:text/html,x"));
    CHECK_FALSE(is_web_address(" http://host"));
    CHECK_FALSE(is_web_address("http:host"));
    CHECK_FALSE(is_web_address("java\tscript:http://"));
    CHECK_FALSE(is_web_address(""));
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A", .family = "A", .tracking_url = "javascript:alert(1)//http://"});
    harness.add({.worker = "W", .task_id = "B", .family = "B", .tracking_url = "https://jobs.example/7"});
    const HtmlReader unlinked = page_of(harness, "A");
    const HtmlReader linked = page_of(harness, "B");
    for (const std::string& link : unlinked.links()) CHECK_FALSE(contains(link, "javascript"));
    CHECK(contains(unlinked.section("facts"), "javascript:alert(1)"));
    CHECK(std::ranges::count(linked.links(), "https://jobs.example/7") == 1);
}

TEST_CASE("a task page has the statistics that the last attempt reported", "[dashboard]") {
    SchedulerHarness harness({.retry_delay = scheduler::Seconds(1)});
    harness.registers("W", "A");
    harness.gets("W");
    harness.send(rpc::ReportTaskStatistics{"A", Json::Object{{"rows", 5}, {"memory", "3 MB"}}});
    harness.send(rpc::ReportTaskStatistics{"A", Json::Object{{"rows", 7}}});
    harness.send(rpc::ReportTaskStatistics{"nobody", Json::Object{{"rows", 7}}});
    harness.reports("W", "A", Status::failed);
    const std::string section = page_of(harness, "A").section("statistics");
    CHECK(contains(section, "rows"));
    CHECK(contains(section, "7"));
    CHECK(contains(section, "3 MB"));
    CHECK_FALSE(contains(section, "5"));
    harness.advance(scheduler::Seconds(2));
    harness.prunes();
    harness.gets("W");
    CHECK_FALSE(contains(task_page(data_of(harness, "A")), "Statistics"));
    harness.send(rpc::ReportTaskStatistics{"A", Json::Array{1, 2}});
    CHECK(contains(page_of(harness, "A").section("statistics"), "[1,2]"));
}

TEST_CASE("a task page lists attempts and history, newest first", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    TaskPageData data = data_of(harness, "A");
    data.history = written_history(harness, "a < b & c");
    const HtmlReader page(task_page(data));
    const std::string attempts = page.section("attempts");
    CHECK(attempts.find("2 FAILED") < attempts.find("1 FAILED"));
    CHECK(contains(attempts, "transient : a < b & c"));
    CHECK(contains(attempts, "1 min"));
    CHECK(contains(page.section("history"), "a < b & c"));
    CHECK_FALSE(contains(page.text(), "keeps no history"));
}

TEST_CASE("a task page without a state file says that no history is kept", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    CHECK(contains(page_of(harness, "A").text(), "This scheduler keeps no history."));
}

TEST_CASE("the page of a pruned task is made from its history", "[dashboard]") {
    SchedulerHarness harness;
    TaskPageData data = data_of(harness, "A");
    data.history = written_history(harness, "gone");
    REQUIRE(data.is_known());
    const HtmlReader page(task_page(data));
    CHECK(contains(page.inside("main"), "A FAILED was its last state, at 2026-08-21T06:00:00Z"));
}

TEST_CASE("an unknown task has a page that says so", "[dashboard]") {
    const TaskPageData data = data_of(SchedulerHarness(), "<b>no</b>");
    CHECK_FALSE(data.is_known());
    CHECK(contains(HtmlReader(no_task_page(data)).inside("main"), "<b>no</b> is not a task of this scheduler"));
}

TEST_CASE("neighbours beyond a limit are counted, not listed", "[dashboard]") {
    SchedulerHarness harness;
    std::vector<std::string> deps;
    for (int i = 0; i < 5'000; ++i) deps.push_back("D" + std::to_string(i));
    harness.registers("W", "A", deps);
    const HtmlReader page = page_of(harness, "A");
    CHECK(contains(page.section("requirements"), "Requires 5,000"));
    CHECK(contains(page.section("requirements"), "and 4,900 more tasks"));
}

TEST_CASE("text from workers is escaped on a task page", "[dashboard]") {
    const std::string hostile = "\"></pre><script>alert(1)</script>\u202E\x1b]0;x";
    SchedulerHarness harness;
    harness.add({.worker = hostile,
                 .task_id = hostile,
                 .deps = {{hostile + "d"}},
                 .resources = {{{hostile, 1}}},
                 .family = hostile,
                 .module = hostile,
                 .params = {{hostile, hostile}},
                 .tracking_url = hostile});
    harness.gets(hostile);
    auto report = SchedulerHarness::report(hostile, hostile, Status::failed);
    report.expl = hostile;
    harness.add(std::move(report));
    TaskPageData data = data_of(harness, hostile);
    data.history = written_history(harness, hostile);
    const HtmlReader page(task_page(data));
    CHECK(page.each("script") == std::vector<std::string>{""});
    CHECK(contains(page.text(), "<script>alert(1)</script>"));
    for (const std::string& link : page.links()) CHECK(link.find_first_of("<>\"") == std::string::npos);
}
