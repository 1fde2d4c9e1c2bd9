// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler.hpp"
#include "scheduler_harness.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;
using scheduler::Seconds;
using namespace std::chrono_literals;

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

namespace {

/// W got task A, and was silent until it was given up.
struct LostAttempt {
    SchedulerHarness harness;
    rpc::LeaseToken lease = 0;

    explicit LostAttempt(scheduler::Config config = {}) : harness(std::move(config)) {
        harness.registers("W", "A");
        lease = harness.assignment("W").lease->token;
        be_silent(60.001);
    }

    void be_silent(double seconds) {
        harness.advance(Seconds(seconds));
        harness.prunes();
    }
    bool is_held() { return harness.ask<rpc::LeaseState>(rpc::HoldsLease{"W", "A", lease}).held; }
};

}  // namespace

TEST_CASE("an attempt whose worker was silent goes on if nobody else got the task", "[scheduler][lease]") {
    LostAttempt lost;
    SECTION("it has failed") { CHECK(lost.harness.status("A") == Status::failed); }
    SECTION("its back-off is over") {
        lost.be_silent(500);
        lost.harness.registers("W2", "A");
        CHECK(lost.harness.status("A") == Status::pending);
    }
    const auto renewal = GENERATE(0, 1, 2);
    if (renewal == 0)
        CHECK(lost.is_held());
    else if (renewal == 1)
        CHECK(lost.harness.ask<rpc::LeaseState>(rpc::RenewLease{"W", "A", lost.lease}).held);
    else
        CHECK(lost.harness.ask<rpc::Messages>(rpc::Ping{"W", {{"A", static_cast<std::int64_t>(lost.lease)}}})
                  .taken_leases.empty());
    CHECK(lost.harness.status("A") == Status::running);
    CHECK(scheduler::details(lost.harness.task("A")).failures.empty());
    lost.harness.registers("W2", "A");
    CHECK(lost.harness.gets("W2").empty());
    CHECK(lost.harness.add(with_lease("W", Status::done, lost.lease)).empty());
    CHECK(lost.harness.status("A") == Status::done);
}

TEST_CASE("the leases of a new state are greater than those of one that is gone", "[scheduler][lease]") {
    rpc::LeaseToken last = 0;
    for (const auto since : {0s, 1s}) {
        auto file = store::StateFile::in_memory();
        FakeLog log;
        const Time now = FakeClock::start + since;
        scheduler::Scheduler scheduler(file, log, {}, now);
        for (int i = 0; i < 100; ++i) {
            const std::string id = "A" + std::to_string(i);
            scheduler.execute(std::vector<rpc::Request>{rpc::AddTask{.worker = "W", .task_id = id, .family = "A"}},
                              now);
            const auto work = std::get<rpc::Work>(
                scheduler.execute(std::vector<rpc::Request>{rpc::GetWork{.worker = "W"}}, now).front());
            const rpc::LeaseToken lease = std::get<rpc::Assignment>(work.assignment).lease->token;
            CHECK(lease > last);
            last = lease;
        }
    }
}

TEST_CASE("an attempt that goes on is recorded as one attempt", "[scheduler][lease]") {
    LostAttempt lost;
    lost.harness.machine.take_write_batch();
    CHECK(lost.is_held());
    const auto steps = lost.harness.machine.take_write_batch().attempts;
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].resumed.value().worker == "W");
    CHECK(lost.harness.task("A").attempts == 1);
}

TEST_CASE("a task that was disabled by the loss of its worker goes on", "[scheduler][lease]") {
    scheduler::Config config;
    config.retry_count = 1;
    LostAttempt lost(config);
    CHECK(lost.harness.status("A") == Status::disabled);
    CHECK(lost.is_held());
    CHECK(lost.harness.status("A") == Status::running);
}

namespace {

/// A scheduler with its state in memory. W got task A and was silent until the task was removed.
struct ForgottenTask {
    store::StateFile file = store::StateFile::in_memory();
    FakeLog log;
    Time now = FakeClock::start;
    scheduler::Scheduler scheduler{file, log, {}, now};
    rpc::LeaseToken lease = 0;

    ForgottenTask() {
        send(registration("W"));
        lease = get("W").value().lease->token;
    }

    static rpc::AddTask registration(const std::string& worker) {
        return {.worker = worker, .task_id = "A", .family = "A"};
    }
    rpc::Response send(rpc::Request request) { return scheduler.execute(std::vector{std::move(request)}, now).front(); }
    std::optional<rpc::Assignment> get(const std::string& worker) {
        const auto work = std::get<rpc::Work>(send(rpc::GetWork{.worker = worker}));
        const auto* given = std::get_if<rpc::Assignment>(&work.assignment);
        return given ? std::optional(*given) : std::nullopt;
    }
    bool is_held() { return std::get<rpc::LeaseState>(send(rpc::HoldsLease{"W", "A", lease})).held; }
    void be_silent(std::chrono::seconds time) {
        now += time;
        send(rpc::Prune{});
    }
    bool is_known() const { return scheduler.machine().state().tasks.find("A").has_value(); }
};

}  // namespace

TEST_CASE("an attempt at a task that was forgotten meanwhile may publish, and nobody else gets it",
          "[scheduler][lease]") {
    ForgottenTask forgotten;
    forgotten.be_silent(std::chrono::seconds(61));
    forgotten.be_silent(std::chrono::seconds(601));
    CHECK_FALSE(forgotten.is_known());
    CHECK(forgotten.is_held());
    forgotten.send(ForgottenTask::registration("W2"));
    CHECK_FALSE(forgotten.get("W2"));
    CHECK(std::get<rpc::TaskAdded>(forgotten.send(with_lease("W", Status::done, forgotten.lease))).refused.empty());
}

TEST_CASE("an attempt at a task that another one completed before it was forgotten may not publish",
          "[scheduler][lease]") {
    ForgottenTask forgotten;
    forgotten.be_silent(std::chrono::seconds(61));
    forgotten.send(ForgottenTask::registration("W2"));
    const auto second = forgotten.get("W2").value();
    forgotten.send(with_lease("W2", Status::done, second.lease->token));
    forgotten.be_silent(std::chrono::seconds(61));
    forgotten.be_silent(std::chrono::seconds(601));
    CHECK_FALSE(forgotten.is_known());
    CHECK_FALSE(forgotten.is_held());
}

TEST_CASE("a lease of a scheduler that lost its state is held, and later ones are greater", "[scheduler][lease]") {
    ForgottenTask other;
    const auto is_held = [&](rpc::LeaseToken lease) {
        return std::get<rpc::LeaseState>(other.send(rpc::HoldsLease{"W", "B", lease})).held;
    };
    CHECK_FALSE(is_held(rpc::LeaseToken{1} << 60U));
    CHECK(is_held(1'000'000));
    other.send(rpc::AddTask{.worker = "W", .task_id = "C", .family = "C"});
    CHECK(other.get("W").value().lease->token > 1'000'000);
}

TEST_CASE("an attempt that its worker reported does not go on", "[scheduler][lease]") {
    const auto status = GENERATE(Status::failed, Status::pending);
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto lease = harness.assignment("W").lease->token;
    harness.add(with_lease("W", status, lease));
    CHECK_FALSE(harness.ask<rpc::LeaseState>(rpc::RenewLease{"W", "A", lease}).held);
    CHECK(harness.ask<rpc::Messages>(rpc::Ping{"W", {{"A", static_cast<std::int64_t>(lease)}}}).taken_leases.size() ==
          1);
    CHECK(harness.status("A") == status);
}

TEST_CASE("an attempt may publish although an operator marked its task as done", "[scheduler][lease]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto lease = harness.assignment("W").lease->token;
    harness.send(rpc::MarkAsDone{"A"});
    CHECK(harness.ask<rpc::LeaseState>(rpc::HoldsLease{"W", "A", lease}).held);
    CHECK(harness.status("A") == Status::done);
}

TEST_CASE("a ping tells the leases that were taken, and only those", "[scheduler][lease]") {
    SupersededLease late;
    const auto token = [](rpc::LeaseToken lease) { return static_cast<std::int64_t>(lease); };
    CHECK(late.harness.ask<rpc::Messages>(rpc::Ping{"W", {{"A", token(late.old)}, {"unknown", 7}}}).taken_leases ==
          rpc::Leases{{"A", token(late.old)}});
    CHECK(late.harness.ask<rpc::Messages>(rpc::Ping{"W2", {{"A", token(late.current)}}}).taken_leases.empty());
}

TEST_CASE("an attempt that goes on counts its resources again", "[scheduler][lease]") {
    SchedulerHarness harness;
    const rpc::AddTask first{.worker = "W", .task_id = "A", .resources = {{{"db", 1}}}, .family = "A"};
    harness.add(first);
    const auto lease = harness.assignment("W").lease->token;
    harness.advance(Seconds(61));
    harness.add({.worker = "W2", .task_id = "B", .resources = {{{"db", 1}}}, .family = "B"});
    harness.prunes();
    CHECK(harness.ask<rpc::LeaseState>(rpc::HoldsLease{"W", "A", lease}).held);
    CHECK(harness.gets("W2").empty());
    harness.add(with_lease("W", Status::done, lease));
    CHECK(harness.gets("W2") == "B");
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
                 .resources = {{{"db", 1}}},
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
