// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler.hpp"
#include "scheduler_harness.hpp"
#include "store/history.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace freshet;
using namespace freshet::test;
using namespace std::chrono_literals;
using rpc::Status;
using scheduler::Seconds;

namespace {

scheduler::Config config() {
    scheduler::Config config;
    config.resources = {{"requests", 2}};
    config.rates = {"requests"};
    config.retry_delay = Seconds(100);
    config.retry_count = 2;
    return config;
}

/// A state machine whose clock is set by an hour or by 400 days, back or forward.
struct Fixture {
    SchedulerHarness harness{config()};
    Time::duration change = GENERATE(as<Time::duration>{}, 1h, -1h, 400 * 24h, -400 * 24h);

    void set_clock() {
        harness.now += change;
        harness.machine.shift_times(change, harness.now);
        harness.prunes();
    }
    void pass(Seconds time) {
        harness.advance(time);
        harness.prunes();
    }
};

}  // namespace

TEST_CASE("the pause before a retry keeps its length when the clock is set", "[scheduler][clock]") {
    Fixture fixture;
    fixture.harness.registers("W", "A");
    fixture.harness.gets("W");
    fixture.harness.reports("W", "A", Status::failed);
    fixture.pass(Seconds(50));
    fixture.set_clock();
    CHECK(fixture.harness.status("A") == Status::failed);
    fixture.pass(Seconds(49));
    CHECK(fixture.harness.status("A") == Status::failed);
    fixture.pass(Seconds(2));
    CHECK(fixture.harness.status("A") == Status::pending);
}

TEST_CASE("a worker times out after its silence, however the clock is set", "[scheduler][clock]") {
    Fixture fixture;
    fixture.harness.registers("W", "A");
    fixture.harness.gets("W");
    fixture.pass(Seconds(30));
    fixture.set_clock();
    fixture.pass(Seconds(29));
    CHECK(fixture.harness.status("A") == Status::running);
    fixture.pass(Seconds(2));
    CHECK(fixture.harness.status("A") == Status::failed);
}

TEST_CASE("a rate grants as much per minute when the clock is set", "[scheduler][clock]") {
    Fixture fixture;
    for (const char* task : {"A", "B", "C"})
        fixture.harness.add({.worker = "W", .task_id = task, .resources = {{{"requests", 1}}}, .family = "T"});
    fixture.harness.gets("W");
    fixture.harness.gets("W");
    fixture.set_clock();
    CHECK(fixture.harness.gets("W").empty());
    fixture.pass(Seconds(55));
    CHECK(fixture.harness.gets("W").empty());
    fixture.pass(Seconds(7));
    CHECK(fixture.harness.gets("W") == "C");
}

TEST_CASE("failures count within the window when the clock is set between them", "[scheduler][clock]") {
    Fixture fixture;
    fixture.harness.registers("W", "A");
    for (int failure = 0; failure < 2; ++failure) {
        fixture.harness.gets("W");
        fixture.harness.reports("W", "A", Status::failed);
        fixture.set_clock();
        fixture.harness.registers("W", "A");
    }
    CHECK(fixture.harness.status("A") == Status::disabled);
    fixture.pass(Seconds(86'399));
    CHECK(fixture.harness.status("A") == Status::disabled);
}

TEST_CASE("a task without stakeholders is removed after its delay when the clock is set", "[scheduler][clock]") {
    Fixture fixture;
    fixture.harness.registers("W", "A");
    fixture.pass(Seconds(61));
    fixture.set_clock();
    fixture.pass(Seconds(598));
    CHECK(fixture.harness.knows("A"));
    fixture.pass(Seconds(3));
    CHECK_FALSE(fixture.harness.knows("A"));
}

TEST_CASE("a completion is believed during its cooldown when the clock is set", "[scheduler][clock]") {
    Fixture fixture;
    fixture.harness.registers("W", "A");
    fixture.harness.gets("W");
    fixture.harness.reports("W", "A", Status::done);
    fixture.pass(Seconds(5));
    fixture.set_clock();
    fixture.harness.registers("W", "A");
    CHECK(fixture.harness.status("A") == Status::done);
    fixture.pass(Seconds(6));
    fixture.harness.registers("W", "A");
    CHECK(fixture.harness.status("A") == Status::pending);
}

namespace {

/// A scheduler on a state file that can be restarted.
struct RestartableFixture {
    store::StateFile file = store::StateFile::in_memory();
    FakeLog log;
    Time now = FakeClock::start;
    std::unique_ptr<scheduler::Scheduler> scheduler = start();

    std::unique_ptr<scheduler::Scheduler> start() {
        return std::make_unique<scheduler::Scheduler>(file, log, scheduler::SchedulerOptions{.config = config()}, now);
    }
    template <class Request>
    void send(Request request) {
        scheduler->execute(std::vector<rpc::Request>{std::move(request)}, now);
    }
    Status status() const {
        const auto& tasks = scheduler->machine().state().tasks;
        return tasks[tasks.find("A").value()].status;
    }
    void run_attempt(Status end, std::chrono::seconds duration, Time::duration clock_change) {
        send(rpc::AddTask{.worker = "W", .task_id = "A", .family = "A"});
        send(rpc::GetWork{.worker = "W"});
        now += clock_change;
        scheduler->shift_times(clock_change, now);
        now += duration;
        send(SchedulerHarness::report("W", "A", end));
    }
};

}  // namespace

TEST_CASE("the history has the true duration of an attempt during which the clock was set", "[scheduler][clock]") {
    const auto change = GENERATE(as<Time::duration>{}, 1h, -1h);
    RestartableFixture fixture;
    fixture.run_attempt(Status::done, 7s, change);
    const auto attempts = store::History(fixture.file).attempts_of("A");
    REQUIRE(attempts.size() == 1);
    CHECK(*attempts[0].ended - attempts[0].started == 7s);
}

TEST_CASE("a clock that was set back between two starts does not prolong the pause of a task", "[scheduler][clock]") {
    RestartableFixture fixture;
    fixture.run_attempt(Status::failed, 1s, 0s);
    fixture.now -= 1h;
    fixture.scheduler = fixture.start();
    fixture.send(rpc::Prune{});
    CHECK(fixture.status() == Status::failed);
    fixture.now += 101s;
    fixture.send(rpc::Prune{});
    CHECK(fixture.status() == Status::pending);
}
