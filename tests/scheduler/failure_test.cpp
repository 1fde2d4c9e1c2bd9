// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using scheduler::Config;
using scheduler::Seconds;
using wire::Status;

namespace {

void run(Conversation& talk, const wire::RetryPolicy& policy = {}) {
    talk.add({.worker = "W", .task_id = "A", .family = "A", .retry_policy_dict = policy});
    REQUIRE(talk.gets("W") == "A");
}

void fail(Conversation& talk, const wire::RetryPolicy& policy = {}) {
    auto failed = Conversation::report("W", "A", Status::failed);
    failed.retry_policy_dict = policy;
    talk.add(failed);
}

void fail_again(Conversation& talk, const wire::RetryPolicy& policy = {}) {
    talk.pass(Seconds(901));
    talk.prunes();
    REQUIRE(talk.gets("W") == "A");
    fail(talk, policy);
}

Config patient() { return {.worker_disconnect_delay = Seconds(1e9)}; }

}  // namespace

TEST_CASE("a failed task is tried again after retry_delay and not before", "[scheduler][failure]") {
    Conversation talk(patient());
    run(talk);
    fail(talk);
    talk.pass(Seconds(900));
    talk.prunes();
    CHECK(talk.status("A") == Status::failed);
    talk.pass(Seconds(0.001));
    talk.prunes();
    CHECK(talk.status("A") == Status::pending);
}

TEST_CASE("with a negative retry_delay a failed task is never tried again by itself", "[scheduler][failure]") {
    Config config = patient();
    config.retry_delay = Seconds(-1);
    Conversation talk(config);
    run(talk);
    fail(talk);
    talk.pass(Seconds(1e7));
    talk.prunes();
    CHECK(talk.status("A") == Status::failed);
}

TEST_CASE("retry_count failures within the window disable a task", "[scheduler][failure]") {
    Conversation talk(patient());
    const wire::RetryPolicy policy{.retry_count = 2};
    run(talk, policy);
    fail(talk, policy);
    CHECK(talk.status("A") == Status::failed);
    fail_again(talk, policy);
    CHECK(talk.status("A") == Status::disabled);
}

TEST_CASE("failures older than the window do not count", "[scheduler][failure]") {
    Conversation talk(patient());
    const wire::RetryPolicy policy{.retry_count = 2, .disable_window = 900};
    run(talk, policy);
    fail(talk, policy);
    fail_again(talk, policy);
    CHECK(talk.status("A") == Status::failed);
}

TEST_CASE("a failure long after the first disables whatever the count", "[scheduler][failure]") {
    Conversation talk(patient());
    const wire::RetryPolicy policy{.disable_hard_timeout = 901};
    run(talk, policy);
    fail(talk, policy);
    fail_again(talk, policy);
    CHECK(talk.status("A") == Status::disabled);
}

TEST_CASE("a disabled task is FAILED with a clean record after disable_persist", "[scheduler][failure]") {
    Conversation talk(patient());
    const wire::RetryPolicy policy{.retry_count = 1};
    run(talk, policy);
    fail(talk, policy);
    talk.pass(Seconds(86400));
    talk.prunes();
    CHECK(talk.status("A") == Status::disabled);
    talk.pass(Seconds(1));
    talk.prunes();
    CHECK(talk.status("A") == Status::failed);
    CHECK(scheduler::details(talk.task("A")).failures.empty());
}

TEST_CASE("what the scheduler disabled stays so whatever workers say, but DONE", "[scheduler][failure]") {
    Conversation talk(patient());
    const wire::RetryPolicy policy{.retry_count = 1};
    run(talk, policy);
    fail(talk, policy);
    talk.registers("W", "A");
    CHECK(talk.status("A") == Status::disabled);
    talk.reports("W", "A", Status::done);
    CHECK(talk.status("A") == Status::done);
}

TEST_CASE("what a worker disabled any worker revives", "[scheduler][failure]") {
    Conversation talk(patient());
    talk.add({.worker = "W", .task_id = "A", .status = Status::disabled});
    CHECK(talk.status("A") == Status::disabled);
    talk.registers("W", "A");
    CHECK(talk.status("A") == Status::pending);
}

TEST_CASE("a running task cannot be disabled", "[scheduler][failure]") {
    Conversation talk(patient());
    run(talk);
    talk.add({.worker = "W", .task_id = "A", .status = Status::disabled});
    CHECK(talk.status("A") == Status::running);
}

TEST_CASE("an operator re-enables only what the scheduler disabled", "[scheduler][failure]") {
    Conversation talk(patient());
    const wire::RetryPolicy policy{.retry_count = 1};
    run(talk, policy);
    CHECK(talk.ask<Json>(wire::ReEnableTask{"A"}) == Json::object());
    fail(talk, policy);
    CHECK(talk.ask<Json>(wire::ReEnableTask{"A"}).at("status").as_string() == "FAILED");
}

TEST_CASE("forgiven failures make the task pending, once FAILED", "[scheduler][failure]") {
    Conversation talk(patient());
    run(talk);
    CHECK(talk.ask<Json>(wire::ForgiveFailures{"A"}).text() == R"({"task_id":"A","status":"RUNNING"})");
    fail(talk);
    CHECK(talk.ask<Json>(wire::ForgiveFailures{"A"}).text() == R"({"task_id":"A","status":"PENDING"})");
    CHECK(talk.ask<Json>(wire::ForgiveFailures{"Z"}).text() == R"({"task_id":"Z","status":null})");
}

TEST_CASE("what is not there yet is looked for again when told, at no cost", "[scheduler][failure]") {
    Conversation talk(patient());
    const wire::RetryPolicy once{.retry_count = 1, .attempts = 1};
    run(talk, once);
    for (int look = 0; look < 20; ++look) {
        talk.fails("W", "A", FailureClass::not_yet, std::chrono::seconds(30));
        REQUIRE(talk.status("A") == Status::failed);
        CHECK(talk.state.next_wakeup() == talk.now + std::chrono::seconds(30) + Time::duration(1));
        talk.pass(Seconds(30.001));
        talk.prunes();
        REQUIRE(talk.gets("W") == "A");
    }
}

TEST_CASE("a throttled task waits as long as it was told", "[scheduler][failure]") {
    Conversation talk(patient());
    run(talk);
    talk.fails("W", "A", FailureClass::throttled, std::chrono::seconds(300));
    talk.pass(Seconds(299));
    talk.prunes();
    CHECK(talk.gets("W").empty());
    talk.pass(Seconds(1.001));
    talk.prunes();
    CHECK(talk.gets("W") == "A");
}

TEST_CASE("a transient failure is tried five times in one run with growing pauses", "[scheduler][failure]") {
    Conversation talk(patient());
    run(talk);
    for (const double longest : {1.0, 2.0, 4.0, 8.0}) {
        talk.fails("W", "A", FailureClass::transient);
        const Seconds pause = *talk.state.next_wakeup() - talk.now;
        CHECK(pause.count() >= longest / 2);
        CHECK(pause.count() <= longest + 0.001);
        talk.pass(pause);
        talk.prunes();
        REQUIRE(talk.gets("W") == "A");
    }
    talk.fails("W", "A", FailureClass::transient);
    CHECK(talk.task("A").given_up);
    talk.pass(Seconds(1e6));
    talk.prunes();
    CHECK(talk.status("A") == Status::failed);
}

TEST_CASE("pauses do not grow beyond the longest", "[scheduler][failure]") {
    Conversation talk(patient());
    run(talk, {.attempts = 30, .first_pause = 10, .longest_pause = 20});
    for (int failure = 0; failure < 10; ++failure) {
        auto failed = Conversation::report("W", "A", Status::failed);
        failed.failure = wire::Failure{FailureClass::transient};
        failed.retry_policy_dict = wire::RetryPolicy{.attempts = 30, .first_pause = 10, .longest_pause = 20};
        talk.add(failed);
        CHECK(*talk.state.next_wakeup() - talk.now <= std::chrono::milliseconds(20'001));
        talk.pass(Seconds(21));
        talk.prunes();
        REQUIRE(talk.gets("W") == "A");
    }
}

TEST_CASE("no pause is longer than the limit, unless somebody asked for it", "[scheduler][failure]") {
    Config config = patient();
    config.pause_limit = Seconds(2);
    Conversation talk(config);
    const wire::RetryPolicy policy{.first_pause = 10, .longest_pause = 20};
    run(talk, policy);
    const auto pause_after = [&](const wire::Failure& failure) {
        auto failed = Conversation::report("W", "A", Status::failed);
        failed.failure = failure;
        failed.retry_policy_dict = policy;
        talk.add(failed);
        const auto pause = *talk.state.next_wakeup() - talk.now;
        talk.pass(pause);
        talk.prunes();
        REQUIRE(talk.gets("W") == "A");
        return pause;
    };
    CHECK(pause_after(wire::Failure{FailureClass::transient}) <= Seconds(2.001));
    CHECK(pause_after(wire::Failure{FailureClass::not_yet}) <= Seconds(2.001));
    CHECK(pause_after(wire::Failure{FailureClass::throttled, std::chrono::seconds(7)}) >= Seconds(7));
}

TEST_CASE("a permanent failure is not tried again in this run", "[scheduler][failure]") {
    Conversation talk(patient());
    run(talk);
    talk.fails("W", "A", FailureClass::permanent);
    talk.registers("W", "A");
    CHECK(talk.status("A") == Status::failed);
    CHECK(talk.gets("W").empty());
}

TEST_CASE("a new worker starts a given-up task anew", "[scheduler][failure]") {
    Conversation talk(patient());
    run(talk);
    talk.fails("W", "A", FailureClass::permanent);
    talk.registers("W2", "A");
    CHECK(talk.gets("W2") == "A");
}

TEST_CASE("a new worker starts a given-up task anew, also when it named it as a dependency first",
          "[scheduler][failure]") {
    Conversation talk(patient());
    run(talk);
    talk.fails("W", "A", FailureClass::permanent);
    talk.registers("W2", "B", {"A"});
    talk.registers("W2", "A");
    CHECK(talk.gets("W2") == "A");
}

TEST_CASE("a failure of a known class does not count towards disabling", "[scheduler][failure]") {
    Conversation talk(patient());
    const wire::RetryPolicy policy{.retry_count = 1};
    run(talk, policy);
    talk.fails("W", "A", FailureClass::transient);
    CHECK(talk.status("A") == Status::failed);
}

TEST_CASE("tasks that failed together do not come back together", "[scheduler][failure]") {
    Conversation talk(patient());
    std::set<Time> wakes;
    for (int i = 0; i < 10; ++i) talk.registers("W", "A_" + std::to_string(i));
    for (int i = 0; i < 10; ++i) talk.gets("W");
    for (int i = 0; i < 10; ++i) {
        talk.fails("W", "A_" + std::to_string(i), FailureClass::transient);
        wakes.insert(talk.task("A_" + std::to_string(i)).wake);
    }
    CHECK(wakes.size() == 10);
}
