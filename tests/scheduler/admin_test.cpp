// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;

TEST_CASE("a cancelled attempt loses its lease, and its task is not retried", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto lease = harness.assignment("W").lease->token;
    CHECK(harness.ask<Json>(rpc::CancelTask{"A", "alice"}).at("status").as_string() == "FAILED");
    CHECK(*harness.task("A").expl == "cancelled by operator alice");
    CHECK(harness.ask<rpc::Messages>(rpc::Ping{"W", {{"A", static_cast<std::int64_t>(lease)}}}).taken_leases.size() ==
          1);
    CHECK_FALSE(harness.ask<rpc::LeaseState>(rpc::HoldsLease{"W", "A", lease}).held);
    harness.advance(scheduler::Seconds(3600));
    CHECK(harness.gets("W").empty());

    harness.send(rpc::ForgiveFailures{"A"});
    CHECK(harness.gets("W") == "A");
}

TEST_CASE("the end of a cancelled attempt is recorded with the operator", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.machine.take_write_batch();
    harness.send(rpc::CancelTask{"A", "alice"});
    const auto batch = harness.machine.take_write_batch();
    REQUIRE(batch.history.size() == 1);
    CHECK(batch.history[0].worker == "operator alice");
    CHECK(batch.history[0].detail == "cancelled");
    REQUIRE(batch.attempts.size() == 1);
    CHECK(batch.attempts[0].ended->status == "FAILED");
}

TEST_CASE("a task that does not run is not cancelled", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    CHECK(harness.ask<Json>(rpc::CancelTask{"A"}).at("status").as_string() == "PENDING");
    CHECK(harness.ask<Json>(rpc::CancelTask{"unknown"}).at("status").is_null());
}

TEST_CASE("an operator's priority decides what runs next, and its requirements share it", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.registers("W", "B_first");
    harness.registers("W", "B", {"B_first"});
    CHECK(harness.ask<Json>(rpc::SetTaskPriority{"B", 5, "alice"}).at("priority").as_number() == 5);
    CHECK(harness.task("B_first").priority == 5);
    CHECK(harness.gets("W") == "B_first");
    CHECK(harness.ask<Json>(rpc::SetTaskPriority{"unknown", 5}).at("priority").is_null());
}

TEST_CASE("a change of priority is in the history of the task", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.machine.take_write_batch();
    harness.send(rpc::SetTaskPriority{"A", 5, "alice"});
    harness.send(rpc::SetTaskPriority{"A", 5, "alice"});
    const auto history = harness.machine.take_write_batch().history;
    REQUIRE(history.size() == 1);
    CHECK(history[0].worker == "operator alice");
    CHECK(history[0].detail == "its priority was set to 5");
}
