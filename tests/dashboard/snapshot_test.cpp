// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/snapshot.hpp"
#include "sample_scenario.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <numeric>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using rpc::Status;
using scheduler::Seconds;

namespace {

Snapshot snapshot_of(const SchedulerHarness& harness) { return take_snapshot(harness.machine.state(), harness.now); }

void fails(SchedulerHarness& harness, const std::string& task, const std::string& why, FailureClass failure) {
    harness.registers("W", task);
    REQUIRE(harness.gets("W") == task);
    auto report = SchedulerHarness::report("W", task, Status::failed);
    report.expl = Json(why).text();
    report.failure = rpc::Failure{failure, std::chrono::seconds(600)};
    harness.add(std::move(report));
}

}  // namespace

TEST_CASE("the snapshot of an empty scheduler is empty", "[dashboard]") {
    const Snapshot snapshot = snapshot_of(SchedulerHarness());
    CHECK(snapshot.total == 0);
    CHECK(snapshot.recent_runs.total == 0);
    CHECK(snapshot.workers.total == 0);
}

TEST_CASE("the longest running task comes first", "[dashboard]") {
    SchedulerHarness harness;
    for (const char* task : {"A", "B", "C"}) {
        harness.registers(std::string("W") + task, task);
        harness.gets(std::string("W") + task);
        harness.advance(Seconds(10));
    }
    const auto running = snapshot_of(harness).running;
    REQUIRE(running.total == 3);
    CHECK(running.items[0].task.id == "A");
    CHECK(running.items[0].worker == "WA");
    CHECK(running.items[2].task.id == "C");
}

TEST_CASE("a failure has its message and the number of tasks it blocks", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Whole", {"Half"});
    harness.registers("W", "Half", {"Part"});
    fails(harness, "Part", "disk on fire", FailureClass::permanent);
    const auto failed = snapshot_of(harness).failed;
    REQUIRE(failed.items.size() == 1);
    CHECK(failed.items[0].task.id == "Part");
    CHECK(failed.items[0].why == "failed at attempt 1 at 2026-08-21T06:00:00Z: disk on fire; no retry in this run");
    CHECK(failed.items[0].blocked.number == 2);
    CHECK(failed.items[0].alert_level == AlertLevel::needs_operator);
}

TEST_CASE("failures of one family are grouped under the newest", "[dashboard]") {
    SchedulerHarness harness;
    fails(harness, "Load_1", "first", FailureClass::permanent);
    harness.advance(Seconds(5));
    fails(harness, "Load_2", "second", FailureClass::permanent);
    const auto failed = snapshot_of(harness).failed;
    REQUIRE(failed.total == 1);
    CHECK(failed.items[0].task.id == "Load_2");
    CHECK(failed.items[0].similar == 1);
}

TEST_CASE("a task that is not ready is late, not failed", "[dashboard]") {
    SchedulerHarness harness;
    fails(harness, "Load_1", "no such file", FailureClass::not_ready);
    const Snapshot snapshot = snapshot_of(harness);
    CHECK(snapshot.failed.total == 0);
    REQUIRE(snapshot.late.items.size() == 1);
    CHECK(snapshot.late.items[0].why == "was not ready yet at 2026-08-21T06:00:00Z: no such file; retry at 06:10:00Z");
}

TEST_CASE("a full disk of a worker is an alert until the task is done, while it is tried again, too", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1");
    REQUIRE(harness.gets("W") == "Load_1");
    harness.finds_disk_full("W", "Load_1");
    const auto alert = [&] { return snapshot_of(harness).failed.items.at(0); };
    CHECK(snapshot_of(harness).late.total == 0);
    CHECK(alert().alert_level == AlertLevel::needs_operator);
    CHECK(alert().is_disk_full);
    CHECK(alert().why ==
          "failed at attempt 1 at 2026-08-21T06:00:00Z: the disk of worker W is full: "
          "write '/data/x': No space left on device; retry at 06:00:10Z");
    harness.advance(Seconds(11));
    harness.prunes();
    REQUIRE(harness.gets("W") == "Load_1");
    CHECK(alert().why.starts_with("the disk of worker W is full, and the task has been running since"));
    harness.reports("W", "Load_1", Status::done);
    CHECK(snapshot_of(harness).failed.total == 0);
}

TEST_CASE("a traceback is shown as its last line", "[dashboard]") {
    SchedulerHarness harness;
    fails(harness, "Load_1", "Runtime error:\nTraceback (most recent call last):\n  File \"x.py\"\nValueError: no\n",
          FailureClass::permanent);
    CHECK(snapshot_of(harness).failed.items[0].why.find("ValueError: no;") != std::string::npos);
}

TEST_CASE("a task whose worker was lost has that reason", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.advance(Seconds(61));
    harness.prunes();
    CHECK_THAT(snapshot_of(harness).failed.items[0].why,
               Catch::Contains(": worker 'W' was silent for more than 60 s; retry at"));
}

TEST_CASE("ready tasks are grouped by the reason they wait", "[dashboard]") {
    scheduler::Config config;
    config.resources = {{"db", 2}};
    SchedulerHarness harness(config);
    const auto needs = [&](const char* task, std::int64_t amount) {
        harness.add({.worker = "W", .task_id = task, .resources = {{{"db", amount}}}, .family = "F"});
    };
    needs("A", 2);
    harness.gets("W");
    needs("B", 1);
    needs("C", 3);
    std::map<std::string, bool> whys;
    for (const ReadyGroup& group : snapshot_of(harness).ready_groups) whys[group.why] = group.needs_operator;
    CHECK(whys == std::map<std::string, bool>{{"waits for 'db': 2 of 2 in use, and it needs 1", false},
                                              {"can never run: it needs 3 of 'db', of which there are 2", true}});
}

TEST_CASE("a rate shows its consumption within the last minute", "[dashboard]") {
    scheduler::Config config;
    config.resources = {{"server", 3}, {"db", 2}};
    config.rates = {"server"};
    SchedulerHarness harness(config);
    harness.add({.worker = "W", .task_id = "A", .resources = {{{"server", 3}, {"db", 1}}}, .family = "F"});
    harness.gets("W");
    harness.reports("W", "A", Status::done);
    const auto lines = snapshot_of(harness).resources.items;
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].name == "server");
    CHECK(lines[0].used == 3);
    CHECK(lines[0].is_rate);
    CHECK(lines[1].used == 0);
    harness.advance(Seconds(61));
    for (const ResourceLine& line : snapshot_of(harness).resources.items) CHECK(line.used == 0);
}

TEST_CASE("a task that no worker can run needs an operator", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.send(rpc::DisableWorker{"W"});
    const auto groups = snapshot_of(harness).ready_groups;
    REQUIRE(groups.size() == 1);
    CHECK(groups[0].why == "could run, but the workers that offered to run it are gone or drained");
    CHECK(groups[0].needs_operator);
}

TEST_CASE("a run counts all its requirements and names its blocker", "[dashboard]") {
    const SchedulerHarness harness = sample_scenario();
    const auto recent = snapshot_of(harness).recent_runs;
    REQUIRE(recent.items.size() == 2);
    const FamilyRuns& ingest = recent.items[1].name == "IngestCycle" ? recent.items[1] : recent.items[0];
    REQUIRE(ingest.runs.items.size() == 2);
    const Run& run = ingest.runs.items[0];
    CHECK(run.task.name == "IngestCycle(cycle=2026-08-21T06)");
    REQUIRE(run.counts);
    CHECK(std::accumulate(run.counts->begin(), run.counts->end(), std::size_t{0}) == 25);
    CHECK(run.failed == 1);
    CHECK(run.why.find("waits for ") == 0);
    CHECK(run.why.find("message 214 is cut off") != std::string::npos);
    CHECK(ingest.runs.items[1].task.status == Status::done);
    CHECK(ingest.last_success == ingest.runs.items[1].ended);
}

TEST_CASE("a run is kept after its tasks are pruned", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Whole_1");
    harness.gets("W");
    harness.advance(Seconds(10));
    harness.reports("W", "Whole_1", Status::done);
    for (const double seconds : {61, 601}) {
        harness.advance(Seconds(seconds));
        harness.prunes();
    }
    REQUIRE_FALSE(harness.knows("Whole_1"));
    const auto recent = snapshot_of(harness).recent_runs;
    REQUIRE(recent.total == 1);
    REQUIRE(recent.items[0].runs.items.size() == 1);
    CHECK(recent.items[0].runs.items[0].task.id == "Whole_1");
    CHECK_FALSE(recent.items[0].runs.items[0].counts);
}

TEST_CASE("a snapshot is bounded and counts omitted entries", "[dashboard]") {
    SchedulerHarness harness;
    constexpr int tasks = 30'000;
    for (int i = 0; i < tasks; ++i) {
        const std::string id = "F" + std::to_string(i % 200) + "_" + std::to_string(i);
        harness.registers("W" + std::to_string(i % 300), id);
        if (i % 5 == 0) harness.reports("W0", id, i % 10 == 0 ? Status::failed : Status::disabled);
        if (i % 7 == 0) harness.gets("W" + std::to_string(i % 300));
    }
    const Snapshot snapshot = snapshot_of(harness);
    CHECK(snapshot.total == tasks);
    CHECK(snapshot.failed.items.size() <= max_stalled);
    CHECK(snapshot.failed.total > snapshot.failed.items.size());
    CHECK(snapshot.count(AlertLevel::needs_operator) + snapshot.count(AlertLevel::retrying) == tasks / 5);
    CHECK(snapshot.running.items.size() == max_running);
    CHECK(snapshot.recent_runs.items.size() == max_run_families);
    CHECK(snapshot.recent_runs.total == 200);
    CHECK(snapshot.recent_runs.items[0].runs.items.size() == max_runs);
    CHECK(snapshot.workers.items.size() == max_workers);
    CHECK(snapshot.workers.total == 300);
    CHECK(snapshot.families.items.size() == max_families);
}

TEST_CASE("dependants are counted up to a limit", "[dashboard]") {
    SchedulerHarness harness;
    for (int i = 0; i < 7'000; ++i) harness.registers("W", "T_" + std::to_string(i), {"T_" + std::to_string(i + 1)});
    const auto recent = snapshot_of(harness).recent_runs;
    REQUIRE(recent.items[0].runs.items.size() == 1);
    const Run& run = recent.items[0].runs.items[0];
    CHECK_FALSE(run.is_complete);
    CHECK(std::accumulate(run.counts->begin(), run.counts->end(), std::size_t{0}) == max_per_run);
}

TEST_CASE("long names and messages are truncated", "[dashboard]") {
    SchedulerHarness harness;
    const std::string huge(1'000'000, 'x');
    harness.add({.worker = "W", .task_id = "A", .family = huge, .params = {{"p", huge}}});
    harness.gets("W");
    harness.send(rpc::SetTaskStatusMessage{"A", huge});
    const Snapshot snapshot = snapshot_of(harness);
    CHECK(snapshot.running.items[0].task.name.size() <= max_text_length);
    CHECK(snapshot.running.items[0].message.size() <= max_text_length);
    CHECK(snapshot.families.items[0].name.size() <= max_text_length);
}
