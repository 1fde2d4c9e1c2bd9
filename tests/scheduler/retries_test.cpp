// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;
using scheduler::Config;
using scheduler::Seconds;

namespace {

void run(SchedulerHarness& harness, const rpc::RetryPolicy& policy = {}) {
    harness.add({.worker = "W", .task_id = "A", .family = "A", .retry_policy_dict = policy});
    REQUIRE(harness.gets("W") == "A");
}

void fail(SchedulerHarness& harness, const rpc::RetryPolicy& policy = {}) {
    auto failed = SchedulerHarness::report("W", "A", Status::failed);
    failed.retry_policy_dict = policy;
    harness.add(failed);
}

void fail_again(SchedulerHarness& harness, const rpc::RetryPolicy& policy = {}) {
    harness.advance(Seconds(901));
    harness.prunes();
    REQUIRE(harness.gets("W") == "A");
    fail(harness, policy);
}

Config never_disconnecting() { return {.worker_disconnect_delay = Seconds(1e9)}; }

}  // namespace

TEST_CASE("a failed task is retried after retry_delay and not before", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    run(harness);
    fail(harness);
    harness.advance(Seconds(900));
    harness.prunes();
    CHECK(harness.status("A") == Status::failed);
    harness.advance(Seconds(0.001));
    harness.prunes();
    CHECK(harness.status("A") == Status::pending);
}

TEST_CASE("with a negative retry_delay a failed task is never retried", "[scheduler][failure]") {
    Config config = never_disconnecting();
    config.retry_delay = Seconds(-1);
    SchedulerHarness harness(config);
    run(harness);
    fail(harness);
    harness.advance(Seconds(1e7));
    harness.prunes();
    CHECK(harness.status("A") == Status::failed);
}

TEST_CASE("retry_count failures within the window disable a task", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    const rpc::RetryPolicy policy{.retry_count = 2};
    run(harness, policy);
    fail(harness, policy);
    CHECK(harness.status("A") == Status::failed);
    fail_again(harness, policy);
    CHECK(harness.status("A") == Status::disabled);
}

TEST_CASE("failures older than the window do not count", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    const rpc::RetryPolicy policy{.retry_count = 2, .disable_window = 900};
    run(harness, policy);
    fail(harness, policy);
    fail_again(harness, policy);
    CHECK(harness.status("A") == Status::failed);
}

TEST_CASE("a failure long after the first disables whatever the count", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    const rpc::RetryPolicy policy{.disable_hard_timeout = 901};
    run(harness, policy);
    fail(harness, policy);
    fail_again(harness, policy);
    CHECK(harness.status("A") == Status::disabled);
}

TEST_CASE("a disabled task is FAILED without counted failures after disable_persist", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    const rpc::RetryPolicy policy{.retry_count = 1};
    run(harness, policy);
    fail(harness, policy);
    harness.advance(Seconds(86400));
    harness.prunes();
    CHECK(harness.status("A") == Status::disabled);
    harness.advance(Seconds(1));
    harness.prunes();
    CHECK(harness.status("A") == Status::failed);
    CHECK(scheduler::details(harness.task("A")).failures.empty());
}

TEST_CASE("a task disabled by the scheduler stays so for any report but DONE", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    const rpc::RetryPolicy policy{.retry_count = 1};
    run(harness, policy);
    fail(harness, policy);
    harness.registers("W", "A");
    CHECK(harness.status("A") == Status::disabled);
    harness.reports("W", "A", Status::done);
    CHECK(harness.status("A") == Status::done);
}

TEST_CASE("a task disabled by a worker is enabled by any worker", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    harness.add({.worker = "W", .task_id = "A", .status = Status::disabled});
    CHECK(harness.status("A") == Status::disabled);
    harness.registers("W", "A");
    CHECK(harness.status("A") == Status::pending);
}

TEST_CASE("a running task cannot be disabled", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    run(harness);
    harness.add({.worker = "W", .task_id = "A", .status = Status::disabled});
    CHECK(harness.status("A") == Status::running);
}

TEST_CASE("an operator re-enables only what the scheduler disabled", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    const rpc::RetryPolicy policy{.retry_count = 1};
    run(harness, policy);
    CHECK(harness.ask<Json>(rpc::ReEnableTask{"A"}) == Json::object());
    fail(harness, policy);
    CHECK(harness.ask<Json>(rpc::ReEnableTask{"A"}).at("status").as_string() == "FAILED");
}

TEST_CASE("forgiving its failures makes a FAILED task pending", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    run(harness);
    CHECK(harness.ask<Json>(rpc::ForgiveFailures{"A"}).text() == R"({"task_id":"A","status":"RUNNING"})");
    fail(harness);
    CHECK(harness.ask<Json>(rpc::ForgiveFailures{"A"}).text() == R"({"task_id":"A","status":"PENDING"})");
    CHECK(harness.ask<Json>(rpc::ForgiveFailures{"Z"}).text() == R"({"task_id":"Z","status":null})");
}

TEST_CASE("a not-ready failure is retried after the given delay and does not count", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    const rpc::RetryPolicy once{.retry_count = 1, .attempts = 1};
    run(harness, once);
    for (int look = 0; look < 20; ++look) {
        harness.fails("W", "A", FailureClass::not_ready, std::chrono::seconds(30));
        REQUIRE(harness.status("A") == Status::failed);
        CHECK(harness.machine.next_wakeup() == harness.now + std::chrono::seconds(30) + Time::duration(1));
        harness.advance(Seconds(30.001));
        harness.prunes();
        REQUIRE(harness.gets("W") == "A");
    }
}

TEST_CASE("a throttled task is retried after the given delay", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    run(harness);
    harness.fails("W", "A", FailureClass::throttled, std::chrono::seconds(300));
    harness.advance(Seconds(299));
    harness.prunes();
    CHECK(harness.gets("W").empty());
    harness.advance(Seconds(1.001));
    harness.prunes();
    CHECK(harness.gets("W") == "A");
}

TEST_CASE("a transient failure is retried up to five attempts per run with exponential back-off",
          "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    run(harness);
    for (const double longest : {1.0, 2.0, 4.0, 8.0}) {
        harness.fails("W", "A", FailureClass::transient);
        const Seconds pause = *harness.machine.next_wakeup() - harness.now;
        CHECK(pause.count() >= longest / 2);
        CHECK(pause.count() <= longest + 0.001);
        harness.advance(pause);
        harness.prunes();
        REQUIRE(harness.gets("W") == "A");
    }
    harness.fails("W", "A", FailureClass::transient);
    CHECK(harness.task("A").retries_exhausted);
    harness.advance(Seconds(1e6));
    harness.prunes();
    CHECK(harness.status("A") == Status::failed);
}

TEST_CASE("the back-off does not exceed longest_pause", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    run(harness, {.attempts = 30, .first_pause = 10, .longest_pause = 20});
    for (int failure = 0; failure < 10; ++failure) {
        auto failed = SchedulerHarness::report("W", "A", Status::failed);
        failed.failure = rpc::Failure{FailureClass::transient};
        failed.retry_policy_dict = rpc::RetryPolicy{.attempts = 30, .first_pause = 10, .longest_pause = 20};
        harness.add(failed);
        CHECK(*harness.machine.next_wakeup() - harness.now <= std::chrono::milliseconds(20'001));
        harness.advance(Seconds(21));
        harness.prunes();
        REQUIRE(harness.gets("W") == "A");
    }
}

TEST_CASE("no back-off exceeds pause_limit, but a given delay does", "[scheduler][failure]") {
    Config config = never_disconnecting();
    config.pause_limit = Seconds(2);
    SchedulerHarness harness(config);
    const rpc::RetryPolicy policy{.first_pause = 10, .longest_pause = 20};
    run(harness, policy);
    const auto pause_after = [&](const rpc::Failure& failure) {
        auto failed = SchedulerHarness::report("W", "A", Status::failed);
        failed.failure = failure;
        failed.retry_policy_dict = policy;
        harness.add(failed);
        const auto pause = *harness.machine.next_wakeup() - harness.now;
        harness.advance(pause);
        harness.prunes();
        REQUIRE(harness.gets("W") == "A");
        return pause;
    };
    CHECK(pause_after(rpc::Failure{FailureClass::transient}) <= Seconds(2.001));
    CHECK(pause_after(rpc::Failure{FailureClass::not_ready}) <= Seconds(2.001));
    CHECK(pause_after(rpc::Failure{FailureClass::throttled, std::chrono::seconds(7)}) >= Seconds(7));
}

TEST_CASE("a permanent failure is not retried in this run", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    run(harness);
    harness.fails("W", "A", FailureClass::permanent);
    harness.registers("W", "A");
    CHECK(harness.status("A") == Status::failed);
    CHECK(harness.gets("W").empty());
}

TEST_CASE("a new worker restarts a task whose retries are exhausted", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    run(harness);
    harness.fails("W", "A", FailureClass::permanent);
    harness.registers("W2", "A");
    CHECK(harness.gets("W2") == "A");
}

TEST_CASE("a new worker restarts a task whose retries are exhausted, also when it named it as a dependency first",
          "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    run(harness);
    harness.fails("W", "A", FailureClass::permanent);
    harness.registers("W2", "B", {"A"});
    harness.registers("W2", "A");
    CHECK(harness.gets("W2") == "A");
}

TEST_CASE("transient and permanent failures count towards disabling, waiting does not", "[scheduler][failure]") {
    const auto status_after_two = [](FailureClass failure_class) {
        SchedulerHarness harness(never_disconnecting());
        const rpc::RetryPolicy policy{.retry_count = 2, .first_pause = 1};
        run(harness, policy);
        for (const std::string next_run : {"W2", ""}) {
            auto failed = SchedulerHarness::report("W", "A", Status::failed);
            failed.failure = rpc::Failure{failure_class};
            failed.retry_policy_dict = policy;
            harness.add(failed);
            if (next_run.empty()) break;
            REQUIRE(harness.status("A") == Status::failed);
            harness.advance(Seconds(61));
            harness.prunes();
            harness.add({.worker = next_run, .task_id = "A", .family = "A", .retry_policy_dict = policy});
            REQUIRE(harness.gets("W") == "A");
        }
        return harness.status("A");
    };
    CHECK(status_after_two(FailureClass::transient) == Status::disabled);
    CHECK(status_after_two(FailureClass::permanent) == Status::disabled);
    CHECK(status_after_two(FailureClass::not_ready) == Status::failed);
    CHECK(status_after_two(FailureClass::throttled) == Status::failed);
}

TEST_CASE("classified failures are counted within the window and up to the hard timeout", "[scheduler][failure]") {
    const auto status_after = [](const rpc::RetryPolicy& policy) {
        SchedulerHarness harness(never_disconnecting());
        run(harness, policy);
        for (int failure = 0; failure < 2; ++failure) {
            auto failed = SchedulerHarness::report("W", "A", Status::failed);
            failed.failure = rpc::Failure{FailureClass::transient};
            failed.retry_policy_dict = policy;
            harness.add(failed);
            if (failure == 1) break;
            harness.advance(Seconds(100));
            harness.prunes();
            REQUIRE(harness.gets("W") == "A");
        }
        return harness.status("A");
    };
    CHECK(status_after({.retry_count = 2}) == Status::disabled);
    CHECK(status_after({.retry_count = 2, .disable_window = 99}) == Status::failed);
    CHECK(status_after({.disable_hard_timeout = 100}) == Status::disabled);
    CHECK(status_after({.disable_hard_timeout = 101}) == Status::failed);
}

TEST_CASE("tasks that failed together are retried at different times", "[scheduler][failure]") {
    SchedulerHarness harness(never_disconnecting());
    std::set<Time> wakes;
    for (int i = 0; i < 10; ++i) harness.registers("W", "A_" + std::to_string(i));
    for (int i = 0; i < 10; ++i) harness.gets("W");
    for (int i = 0; i < 10; ++i) {
        harness.fails("W", "A_" + std::to_string(i), FailureClass::transient);
        wakes.insert(harness.task("A_" + std::to_string(i)).retry_at);
    }
    CHECK(wakes.size() == 10);
}
