// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/thread_runner.hpp"

#include "support/settable_clock.hpp"
#include "worker/runner_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace freshet;
using namespace freshet::process;
using namespace freshet::test;

namespace {

std::atomic<int> threads_seen{0};

/// Counts the threads it runs on.
struct Count {
    int number = 0;
    static constexpr Parameter parameters[] = {param<&Count::number>("which")};
    bool complete() const { return false; }
    void run() const {
        thread_local const int first_here = ++threads_seen;
        (void)first_here;
    }
};

SettableClock clock_of_task;

/// Sets the clock.
struct SetClock {
    int hours = 0;
    static constexpr Parameter parameters[] = {param<&SetClock::hours>("by so much")};
    bool complete() const { return false; }
    void run() const { clock_of_task.set_by(std::chrono::hours(hours)); }
};

}  // namespace

TEST_CASE("the duration of an attempt is right although the clock is set meanwhile", "[process]") {
    const int hours = GENERATE(-1, 1);
    worker::ProcessServices services(clock_of_task);
    RunnerFixture fixture;
    ThreadRunner runner(services.attempt_services(), fixture.mailbox);
    runner.start({.task = SetClock{hours}, .token = "a"});
    const auto result = fixture.results(1).at("a");
    CHECK(result.ended >= result.started);
    CHECK(result.ended - result.started < std::chrono::minutes(30));
}

TEST_CASE("each attempt has one result, and a thread that has sent it runs the next one", "[process]") {
    RunnerFixture fixture;
    ThreadRunner runner(fixture.services.attempt_services(), fixture.mailbox);
    constexpr int attempts = 2'000;
    constexpr int concurrent = 4;
    int started = 0;
    int received = 0;
    for (int free = concurrent; received < attempts; received += free) {
        for (int i = 0; i < free && started < attempts; ++i, ++started)
            runner.start({.task = Count{started}, .token = std::to_string(started)});
        free = static_cast<int>(fixture.results(1).size());
    }
    CHECK(received == attempts);
    CHECK(threads_seen <= concurrent);
}

TEST_CASE("an attempt that was started runs, however many run already", "[process]") {
    RunnerFixture fixture;
    ThreadRunner runner(fixture.services.attempt_services(), fixture.mailbox);
    for (const std::string token : {"a", "b", "c"}) {
        runner.start({.task = fixture.act("until cancelled"), .token = token});
        fixture.wait_for_status();
    }
    for (const std::string token : {"a", "b", "c"}) runner.cancel(token);
    CHECK(fixture.results(3).size() == 3);
}

TEST_CASE("an attempt cancelled while running is a transient failure", "[process]") {
    RunnerFixture fixture;
    ThreadRunner runner(fixture.services.attempt_services(), fixture.mailbox);
    runner.start({.task = fixture.act("until cancelled"), .token = "a"});
    fixture.wait_for_status();
    runner.cancel("a");
    const auto result = fixture.results(1).at("a");
    CHECK(result.failure.failure_class == FailureClass::transient);
    CHECK(result.failure.message == "cancelled: gave up");
}

TEST_CASE("an attempt on a thread is cancelled after its timeout", "[process]") {
    RunnerFixture fixture;
    ThreadRunner runner(fixture.services.attempt_services(), fixture.mailbox);
    runner.start({.task = fixture.act("late"), .token = "a"});
    const auto failure = fixture.results(1).at("a").failure;
    CHECK(failure.failure_class == FailureClass::transient);
    CHECK(failure.message == "took longer than 50 ms: gave up");
}

TEST_CASE("a running attempt on a thread gets messages and answers them", "[process]") {
    RunnerFixture fixture;
    ThreadRunner runner(fixture.services.attempt_services(), fixture.mailbox);
    runner.start({.task = Listen{fixture.dir.path()}, .token = "a"});
    fixture.wait_for_status();
    runner.send("a", {.id = "m1", .content = "hello"});
    runner.send("a", {.id = "m2", .content = "stop"});
    CHECK(fixture.results(1).at("a").status == worker::AttemptStatus::done);
    CHECK(fixture.tracking_url == "https://jobs.example/7");
    CHECK(fixture.responses == std::vector<std::string>{"m1: heard hello", "m2: heard stop"});
}

TEST_CASE("a destroyed runner waits for running attempts", "[process]") {
    RunnerFixture fixture;
    {
        ThreadRunner runner(fixture.services.attempt_services(), fixture.mailbox);
        runner.start({.task = fixture.act("until cancelled"), .token = "a"});
        fixture.wait_for_status();
    }
    CHECK(fixture.results(1).contains("a"));
    CHECK(fixture.mailbox.try_take_all().empty());
}

TEST_CASE("an attempt that logs more than the worker takes waits for it", "[process]") {
    RunnerFixture fixture;
    ThreadRunner runner(fixture.services.attempt_services(), fixture.mailbox);
    runner.start({.task = fixture.act("log until cancelled"), .token = "a"});
    constexpr int rounds = 10;
    for (int round = 0; round < rounds; ++round) {
        while (fixture.mailbox.has_room()) std::this_thread::yield();
        std::size_t memory = 0;
        for (const worker::Message& message : fixture.mailbox.take_all()) memory += worker::memory_of(message);
        CHECK(memory <= fixture.mailbox.capacity + sizeof(worker::Message) + 2);
    }
    runner.cancel("a");
    CHECK(fixture.results(1).at("a").failure.message == "cancelled: gave up");
}

TEST_CASE("a destroyed runner does not wait for room in the mailbox", "[process]") {
    RunnerFixture fixture;
    {
        ThreadRunner runner(fixture.services.attempt_services(), fixture.mailbox);
        runner.start({.task = fixture.act("log until cancelled"), .token = "a"});
        while (fixture.mailbox.has_room()) std::this_thread::yield();
    }
    CHECK(fixture.results(1).contains("a"));
}
