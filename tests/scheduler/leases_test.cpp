// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;
using scheduler::Seconds;

namespace {

rpc::AddTask with_lease(const std::string& worker, Status status, rpc::LeaseToken lease) {
    auto report = SchedulerHarness::report(worker, "A", status);
    report.lease = lease;
    return report;
}

/// W got task A and timed out, and W2 got it instead.
struct SupersededLease {
    SchedulerHarness harness;
    rpc::LeaseToken old = 0;
    rpc::LeaseToken current = 0;

    SupersededLease() {
        harness.registers("W", "A");
        old = harness.assignment("W").lease->token;
        harness.advance(Seconds(61));
        harness.registers("W2", "A");
        harness.prunes();
        harness.advance(Seconds(901));
        harness.registers("W2", "A");
        current = harness.assignment("W2").lease->token;
    }
};

}  // namespace

TEST_CASE("each assignment has a greater lease and the next attempt number", "[scheduler][lease]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto first = harness.assignment("W");
    CHECK(first.attempt == 1);
    CHECK(first.lease->expires == harness.now + std::chrono::seconds(60));
    harness.add(with_lease("W", Status::pending, first.lease->token));
    const auto second = harness.assignment("W");
    CHECK(second.attempt == 2);
    CHECK(second.lease->token > first.lease->token);
}

TEST_CASE("a result under a superseded lease is rejected with its reason", "[scheduler][lease]") {
    SupersededLease late;
    CHECK(late.harness.add(with_lease("W", Status::done, late.old)) ==
          "lease " + std::to_string(late.old) + " of task 'A' was superseded by lease " + std::to_string(late.current) +
              " of worker 'W2'");
    CHECK(late.harness.status("A") == Status::running);
}

TEST_CASE("a worker that lost the lease learns it before it publishes", "[scheduler][lease]") {
    SupersededLease late;
    CHECK_FALSE(late.harness.ask<rpc::LeaseState>(rpc::HoldsLease{"W", "A", late.old}).held);
    CHECK(late.harness.ask<rpc::LeaseState>(rpc::HoldsLease{"W2", "A", late.current}).held);
}

TEST_CASE("a lease is held as long as its worker sends heartbeats", "[scheduler][lease]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto lease = harness.assignment("W").lease->token;
    for (int minute = 0; minute < 10; ++minute) {
        harness.advance(Seconds(59));
        CHECK(harness.ask<rpc::LeaseState>(rpc::RenewLease{"W", "A", lease}).held);
        harness.prunes();
    }
    CHECK(harness.status("A") == Status::running);
}

TEST_CASE("a lease expires when its worker times out", "[scheduler][lease]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto lease = harness.assignment("W").lease->token;
    harness.advance(Seconds(60.001));
    harness.prunes();
    const auto state = harness.ask<rpc::LeaseState>(rpc::HoldsLease{"W", "A", lease});
    CHECK_FALSE(state.held);
    CHECK(state.reason == "lease 1 of task 'A' has ended: the task is FAILED");
}

TEST_CASE("a late completion counts unless another attempt has started", "[scheduler][lease]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto lease = harness.assignment("W").lease->token;
    harness.advance(Seconds(61));
    harness.prunes();
    CHECK(harness.add(with_lease("W", Status::done, lease)).empty());
    CHECK(harness.status("A") == Status::done);
}

TEST_CASE("a failure that is reported twice counts once", "[scheduler][lease]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto lease = harness.assignment("W").lease->token;
    harness.add(with_lease("W", Status::failed, lease));
    harness.add(with_lease("W", Status::failed, lease));
    CHECK(scheduler::details(harness.task("A")).failures.size() == 1);
}

TEST_CASE("a failure that is reported again after its back-off is answered with an immediate retry",
          "[scheduler][lease]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    auto failure = with_lease("W", Status::failed, harness.assignment("W").lease->token);
    failure.failure = rpc::Failure{FailureClass::transient};
    const auto first = harness.ask<rpc::TaskAdded>(failure).retry;
    REQUIRE(first);
    harness.now = *first + std::chrono::seconds(1);
    harness.prunes();
    CHECK(harness.ask<rpc::TaskAdded>(failure).retry == harness.now);
}

TEST_CASE("releasing an unknown task changes nothing else of it", "[scheduler][lease]") {
    const auto status = GENERATE(Status::pending, Status::failed);
    SchedulerHarness harness;
    harness.add({.worker = "W",
                 .task_id = "A",
                 .resources = {{"db", 1}},
                 .family = "A",
                 .retry_policy_dict = rpc::RetryPolicy{.retry_count = 7}});
    auto back = with_lease("W", status, harness.assignment("W").lease->token);
    back.runnable = false;
    harness.add(back);
    CHECK(harness.status("A") == status);
    CHECK(*harness.task("A").resources == rpc::Resources{{"db", 1}});
    CHECK(harness.task("A").policy->retry_count == 7);
}

TEST_CASE("a released task is assigned again at once", "[scheduler][lease]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.registers("W2", "A");
    harness.add(with_lease("W", Status::pending, harness.assignment("W").lease->token));
    CHECK(harness.gets("W2") == "A");
}

TEST_CASE("the reports of a worker without leases are checked by its name", "[scheduler][lease]") {
    SupersededLease late;
    late.harness.reports("W", "A", Status::done);
    CHECK(late.harness.status("A") == Status::running);
}

TEST_CASE("events of a task are stored when it is done and only then", "[scheduler][lease]") {
    SupersededLease late;
    late.harness.machine.take_write_batch();
    auto done = with_lease("W", Status::done, late.old);
    done.events = {Event{.id = "e", .source = "/s", .type = "t", .subject = "u", .key = "k", .data = 1}};
    late.harness.add(done);
    CHECK(late.harness.machine.take_write_batch().events.empty());
    done.lease = late.current;
    done.worker = "W2";
    late.harness.add(done);
    CHECK(late.harness.machine.take_write_batch().events.size() == 1);
}

TEST_CASE("an attempt that found the output complete is recorded as FOUND", "[scheduler][lease]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    auto done = with_lease("W", Status::done, harness.assignment("W").lease->token);
    done.attempt = Json::Object{{"found", true}};
    harness.add(done);
    CHECK(harness.status("A") == Status::done);
    CHECK(harness.machine.take_write_batch().attempts.back().ended.value().status == "FOUND");
}
