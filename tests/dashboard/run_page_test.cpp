// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/run_page.hpp"
#include "dashboard/timeline.hpp"
#include "html_reader.hpp"
#include "scheduler/scheduler_harness.hpp"
#include "store/tables.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using namespace std::chrono_literals;

namespace {

store::AttemptRow attempt(std::chrono::seconds start, std::chrono::seconds length, const std::string& task,
                          const std::string& status = "DONE", const std::string& worker = "W") {
    return {.run_id = "R",
            .task_id = task,
            .worker = worker,
            .started = FakeClock::start + start,
            .ended = FakeClock::start + start + length,
            .status = status};
}

void add(store::StateTables& tables, const store::AttemptRow& row) {
    tables.start_attempt({.run_id = row.run_id,
                          .task_id = row.task_id,
                          .number = row.number,
                          .worker = row.worker,
                          .started = row.started});
    tables.end_attempt({.task_id = row.task_id, .worker = row.worker, .ended = *row.ended, .status = row.status});
}

store::RunRow run(std::chrono::seconds start, const std::string& id) {
    return {.run_id = id,
            .started = FakeClock::start + start,
            .program = "gfs",
            .command = "gfs run IngestCycle " + id,
            .host = "alpha",
            .pid = 7};
}

}  // namespace

TEST_CASE("a run has its attempts, not those of others at the same time", "[dashboard][store]") {
    auto file = store::StateFile::in_memory();
    store::StateTables tables(file);
    tables.start_run(run(0s, "R"));
    for (int i = 0; i < 50; ++i) {
        store::AttemptRow row = attempt(std::chrono::seconds(i * 10), 5s, "Fetch_" + std::to_string(i));
        row.run_id = i < 10 ? "before" : i % 2 == 0 ? "R" : "other";
        row.started += i < 10 ? -1000s : 0s;
        add(tables, row);
    }
    tables.end_run("R", FakeClock::start + 600s, 0, "20 tasks done");
    store::History history(file);
    const auto details = read_run(history, "R");
    REQUIRE(details);
    CHECK(details->attempts.size() == 20);
    CHECK(details->attempts.front().task_id == "Fetch_10");
    CHECK_FALSE(read_run(history, "none"));
}

TEST_CASE("attempts are grouped by family with the quantiles of their durations", "[dashboard]") {
    std::vector<store::AttemptRow> attempts;
    for (int i = 1; i <= 100; ++i)
        attempts.push_back(attempt(0s, std::chrono::seconds(i), "Fetch_" + std::to_string(i)));
    attempts.push_back(attempt(0s, 1s, "Fetch_1", "FAILED"));
    attempts.push_back(attempt(0s, 1s, "Load_1", "LOST"));
    attempts.push_back(attempt(0s, 1s, "Load_1", "RUNNING"));
    attempts.back().ended.reset();
    const auto families = attempts_by_family(attempts);
    REQUIRE(families.size() == 2);
    CHECK(families[0].family == "Fetch");
    CHECK(families[0].tasks == 100);
    CHECK(families[0].done == 100);
    CHECK(families[0].failed == 1);
    CHECK(families[0].quantile(0.5) == 50s);
    CHECK(families[0].quantile(0.95) == 95s);
    CHECK(families[1].lost == 1);
    CHECK(families[1].running == 1);
    CHECK_FALSE(families[1].quantile(0.5));
}

TEST_CASE("the timeline has a bar for each attempt, and lanes for those of one worker at the same time",
          "[dashboard]") {
    const std::vector<store::AttemptRow> attempts = {attempt(0s, 60s, "A_1"), attempt(30s, 60s, "A_2", "FAILED"),
                                                     attempt(60s, 60s, "A_3"), attempt(0s, 120s, "B_1", "DONE", "V")};
    const TaskNames names{{"A_3", "A(n=3)"}};
    const Html drawn = timeline(attempts, {}, {names, "../task/"}, FakeClock::start + 200s);
    const HtmlReader page("<!doctype html>\n" + drawn.text());
    CHECK(page.each("title") ==
          std::vector<std::string>{"B_1: attempt 1 DONE, 2 min 00 s", "A_1: attempt 1 DONE, 1 min 00 s",
                                   "A_2: attempt 1 FAILED, 1 min 00 s", "A(n=3): attempt 1 DONE, 1 min 00 s"});
    CHECK(std::ranges::count(page.links(), "../task/A_2") == 1);
    CHECK_THAT(drawn.text(), Catch::Contains("x=\"250.00\" y=\"12\" width=\"500.00\""));  // A_2 in the second lane
    CHECK_THAT(drawn.text(), Catch::Contains("x=\"500.00\" y=\"0\" width=\"500.00\""));   // A_3 again in the first
}

TEST_CASE("a run's page tells its result, its failures and its timeline", "[dashboard]") {
    RunDetails details{.run = run(0s, "R"), .taken = FakeClock::start + 300s};
    details.run.ended = FakeClock::start + 120s;
    details.run.exit_code = 30;
    details.run.summary = "1 task failed";
    details.attempts = {attempt(0s, 60s, "A_1"), attempt(0s, 5s, "A_2", "FAILED")};
    details.attempts[1].message = Json("no such <b>host</b>").text();
    const HtmlReader page(run_page(details));
    CHECK(page.inside("h1") == "gfs run IngestCycle R");
    CHECK_THAT(page.text(), Catch::Contains("EXIT 30 1 task failed, took 2 min"));
    CHECK_THAT(page.section("failures"), Catch::Contains("A_2 FAILED"));
    CHECK_THAT(page.section("failures"), Catch::Contains("no such <b>host</b>"));
    CHECK_THAT(page.section("families"), Catch::Contains("A 2 1 1"));
    CHECK_FALSE(page.section("timeline").empty());
}

TEST_CASE("the list of runs has pages", "[dashboard][store]") {
    auto file = store::StateFile::in_memory();
    store::StateTables tables(file);
    for (int i = 0; i < 70; ++i) tables.start_run(run(std::chrono::seconds(i), "R" + std::to_string(i)));
    store::History history(file);
    const RunList newest = read_runs(history, std::nullopt);
    CHECK(newest.runs.size() == 50);
    CHECK(newest.runs.front().run_id == "R69");
    CHECK(newest.has_more);
    CHECK_THAT(run_list_page(newest), Catch::Contains("Older runs"));
    const RunList older = read_runs(history, newest.runs.back().started);
    CHECK(older.runs.size() == 20);
    CHECK_FALSE(older.has_more);
}

TEST_CASE("the timeline frames the longest chain, draws retries as bars of their own and waiting as a line",
          "[dashboard]") {
    std::vector<store::AttemptRow> attempts = {attempt(0s, 10s, "Fetch_1", "FAILED"), attempt(40s, 10s, "Fetch_1"),
                                               attempt(0s, 5s, "Fetch_2"), attempt(60s, 30s, "Load_1")};
    attempts[1].number = 2;
    const RunGraph graph{.requirements = {{"Fetch_1", {}}, {"Fetch_2", {}}, {"Load_1", {"Fetch_1", "Fetch_2"}}}};
    const auto chain = longest_chain(attempts, graph, FakeClock::start + 200s);
    CHECK(chain == std::vector<std::string>{"Fetch_1", "Load_1"});
    const TaskNames names;
    const std::string drawn = timeline(attempts, chain, {names, "../task/"}, FakeClock::start + 200s).text();
    const auto count = [&](const std::string& text) {
        std::size_t found = 0;
        for (auto at = drawn.find(text); at != std::string::npos; at = drawn.find(text, at + 1)) ++found;
        return found;
    };
    CHECK(count("class=\"wait\"") == 2);
    CHECK_THAT(drawn, Catch::Contains("waited 30 s") && Catch::Contains("waited 10 s"));
    CHECK(count(" chain\"") == 3);
    CHECK_THAT(drawn, Catch::Contains("Fetch_1: attempt 2 DONE, 10 s, in the longest chain"));
}

TEST_CASE("a run as JSON has its longest chain and how long attempts waited", "[dashboard][json]") {
    RunDetails details{.run = run(0s, "R"), .taken = FakeClock::start + 200s};
    details.attempts = {attempt(0s, 10s, "Fetch_1", "FAILED"), attempt(40s, 10s, "Fetch_1"),
                        attempt(60s, 30s, "Load_1")};
    details.graph.requirements = {{"Fetch_1", {}}, {"Load_1", {"Fetch_1"}}};
    const Json json = run_json(details);
    CHECK(json.at("longest_chain") == Json(Json::Array{"Fetch_1", "Load_1"}));
    const Json::Array attempts = json.at("attempts").as_array();
    CHECK(attempts[0].at("waited").is_null());
    CHECK(attempts[1].at("waited").as_number() == 30);
    CHECK(attempts[2].at("waited").as_number() == 10);
}

TEST_CASE("the longest chain of a run is that of the scheduler's requirements, or what was kept of it", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1", {"Fetch_1"});
    harness.registers("W", "Fetch_1");
    for (const char* task : {"Fetch_1", "Load_1"}) {
        REQUIRE(harness.gets("W") == task);
        harness.advance(scheduler::Seconds(10));
        harness.reports("W", task, rpc::Status::done);
    }
    const std::set<std::string> tasks = {"Fetch_1", "Load_1", "Other_1"};
    CHECK(take_run_graph(harness.machine.state(), tasks).requirements.at("Load_1") ==
          std::vector<std::string>{"Fetch_1"});
    for (int i = 0; i < 2; ++i) harness.advance(scheduler::Seconds(5000)), harness.prunes();
    REQUIRE_FALSE(harness.knows("Load_1"));
    CHECK(longest_chain({}, take_run_graph(harness.machine.state(), tasks), harness.now) ==
          std::vector<std::string>{"Fetch_1", "Load_1"});
}
