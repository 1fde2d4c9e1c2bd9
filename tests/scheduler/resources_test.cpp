// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"
#include "scheduler/scheduler.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;
using scheduler::Config;
using scheduler::Seconds;

namespace {

/// At most three requests a minute to a server, and two tasks at a database.
Config limited() {
    Config config;
    config.resources = {{"server", 3}, {"db", 2}};
    config.rates = {"server"};
    config.worker_disconnect_delay = Seconds(3600);
    return config;
}

void registers(SchedulerHarness& harness, const std::string& task, rpc::Resources resources) {
    harness.add({.worker = "W", .task_id = task, .resources = std::move(resources), .family = "A"});
}

}  // namespace

TEST_CASE("what is handed out by the minute comes back after one, not when its task ends", "[scheduler][rates]") {
    SchedulerHarness harness(limited());
    for (const char* task : {"A_1", "A_2", "A_3"}) registers(harness, task, {{"server", 2}});
    CHECK(harness.gets("W") == "A_1");
    harness.reports("W", "A_1", Status::done);
    CHECK(harness.gets("W").empty());
    harness.advance(Seconds(59));
    CHECK(harness.gets("W").empty());
    harness.advance(Seconds(2));
    CHECK(harness.gets("W") == "A_2");
}

TEST_CASE("a task that still runs after a minute does not hold a rate", "[scheduler][rates]") {
    SchedulerHarness harness(limited());
    for (const char* task : {"A_1", "A_2"}) registers(harness, task, {{"server", 3}, {"db", 1}});
    CHECK(harness.gets("W") == "A_1");
    CHECK(*harness.task("A_1").resources_running == rpc::Resources{{"db", 1}});
    harness.advance(Seconds(61));
    CHECK(harness.gets("W") == "A_2");
}

TEST_CASE("no minute, however it is cut, has more than the limit", "[scheduler][rates]") {
    SchedulerHarness harness(limited());
    for (int i = 10; i < 50; ++i) registers(harness, "A_" + std::to_string(i), {{"server", 1}});
    std::vector<Time> given;
    for (int second = 0; second < 600; ++second) {
        if (!harness.gets("W").empty()) given.push_back(harness.now);
        harness.advance(Seconds(0.7));
    }
    REQUIRE(given.size() > 15);
    for (std::size_t i = 3; i < given.size(); ++i) CHECK(given[i] - given[i - 3] >= std::chrono::minutes(1));
}

TEST_CASE("who waits for a rate is told when it comes back", "[scheduler][rates]") {
    SchedulerHarness harness(limited());
    for (const char* task : {"A_1", "A_2"}) registers(harness, task, {{"server", 3}});
    CHECK(harness.gets("W") == "A_1");
    const auto ready_generation = harness.machine.ready_generation();
    const auto next = harness.machine.next_wakeup();
    REQUIRE(next);
    CHECK(*next - harness.now <= std::chrono::seconds(61));
    harness.now = *next;
    harness.prunes();
    CHECK(harness.machine.ready_generation() > ready_generation);
    CHECK(harness.machine.has_work_for({.worker = "W"}, harness.now));
}

TEST_CASE("a restart does not hand out what the minute has already had", "[scheduler][rates]") {
    auto file = store::StateFile::in_memory();
    FakeLog log;
    const auto get = [&](Time now) {
        scheduler::Scheduler scheduler(file, log, {.config = limited()}, now);
        const std::vector<rpc::Request> requests{
            rpc::AddTask{.worker = "W", .task_id = "A_1", .resources = {{"server", 2}}},
            rpc::AddTask{.worker = "W", .task_id = "A_2", .resources = {{"server", 2}}}, rpc::GetWork{.worker = "W"}};
        const auto work = std::get<rpc::Work>(scheduler.execute(requests, now).back());
        return std::holds_alternative<rpc::Assignment>(work.assignment);
    };
    CHECK(get(FakeClock::start));
    CHECK_FALSE(get(FakeClock::start + std::chrono::seconds(30)));
    CHECK(get(FakeClock::start + std::chrono::seconds(62)));
}
