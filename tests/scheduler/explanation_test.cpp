// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/explanation.hpp"

#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using scheduler::Seconds;
using test::SchedulerHarness;

namespace {

std::string explanation(SchedulerHarness& harness, const std::string& task) {
    return harness.ask<Json>(rpc::Explain{task}).at("explanation").as_string();
}

}  // namespace

TEST_CASE("a running task is explained by the silence of its worker, which may be dead", "[scheduler][explanation]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    harness.gets("W");
    harness.advance(Seconds(20));
    CHECK(explanation(harness, "A_1") == "has been running since 2026-08-21T06:00:00Z (attempt 1 by W)");
    harness.advance(Seconds(20));
    CHECK(explanation(harness, "A_1") ==
          "has been running since 2026-08-21T06:00:00Z (attempt 1 by W); its worker has been silent for 40 s");
}

TEST_CASE("a full disk is that of the worker which found it full, also while another one runs the task",
          "[scheduler][explanation]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    harness.registers("V", "A_1");
    REQUIRE(harness.gets("W") == "A_1");
    harness.finds_disk_full("W", "A_1");
    harness.advance(Seconds(11));
    harness.prunes();
    REQUIRE(harness.gets("V") == "A_1");
    const scheduler::SchedulerState& state = harness.machine.state();
    CHECK(scheduler::explain_alert(state, *state.tasks.find("A_1"), harness.now) ==
          "the disk of worker W is full, and the task has been running since 2026-08-21T06:00:11Z (attempt 2 by V)");
}

TEST_CASE("a drained worker that serves a family is not waited for, and a silent one is", "[scheduler][explanation]") {
    SchedulerHarness harness;
    harness.registers("Planner", "A_1");
    harness.registers("Planner", "A_2");
    REQUIRE(harness.gets_serving("W", {"A"}) == "A_1");
    harness.send(rpc::DisableWorker{"Planner"});
    harness.advance(Seconds(40));
    CHECK(explanation(harness, "A_2") == "could run, but its workers are silent");
    harness.send(rpc::DisableWorker{"W"});
    CHECK(explanation(harness, "A_2") == "could run, but the workers that offered to run it are gone or drained");
}

TEST_CASE("a task that lost its worker has that as its last error, not an older one", "[scheduler][explanation]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    REQUIRE(harness.gets("W") == "A_1");
    auto failed = harness.report("W", "A_1", rpc::Status::failed);
    failed.expl = Json("503").text();
    failed.failure = rpc::Failure{FailureClass::transient, std::chrono::seconds(1)};
    harness.add(failed);
    harness.advance(Seconds(2));
    harness.prunes();
    REQUIRE(harness.gets("W") == "A_1");
    harness.advance(Seconds(61));
    harness.prunes();
    harness.registers("V", "A_1");
    harness.advance(Seconds(30));
    harness.prunes();
    REQUIRE(harness.gets("V") == "A_1");
    const scheduler::SchedulerState& state = harness.machine.state();
    CHECK_THAT(scheduler::explain_alert(state, *state.tasks.find("A_1"), harness.now),
               Catch::Contains("failed 2 times in a row") && Catch::Contains(": worker 'W' was silent"));
}

TEST_CASE("a worker is told the explanation and the status of a task, and null for an unknown one",
          "[scheduler][explanation]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    CHECK(harness.ask<Json>(rpc::Explain{"A_1"}).text() ==
          R"({"taskId":"A_1","status":"PENDING","explanation":"waits for a free worker"})");
    CHECK(harness.ask<Json>(rpc::Explain{"B"}).text() == R"({"taskId":"B","status":null,"explanation":null})");
}
