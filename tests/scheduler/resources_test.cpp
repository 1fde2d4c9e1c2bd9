// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/explanation.hpp"
#include "scheduler/scheduler.hpp"
#include "scheduler_harness.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;
using scheduler::Config;
using scheduler::Seconds;

namespace {

/// Limits of three requests per minute to a server, and two tasks on a database.
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

rpc::AddTask needing(const std::string& task, rpc::Resources resources) {
    return {.worker = "W", .task_id = task, .resources = std::move(resources), .family = "A"};
}

std::string why(const SchedulerHarness& harness, const std::string& task) {
    return scheduler::explain(harness.machine.state(), *harness.machine.state().tasks.find(task), harness.now);
}

}  // namespace

TEST_CASE("a grant of a rate expires after a minute, not with its task", "[scheduler][rates]") {
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

TEST_CASE("no interval of a minute has more grants than the limit", "[scheduler][rates]") {
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

TEST_CASE("the expiry of a grant is a wake-up", "[scheduler][rates]") {
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

TEST_CASE("grants of a rate outlive a restart", "[scheduler][rates]") {
    auto file = store::StateFile::in_memory();
    FakeLog log;
    const auto get = [&](Time now) {
        scheduler::Scheduler scheduler(file, log, {.config = limited()}, now);
        const std::vector<rpc::Request> requests{
            rpc::AddTask{.worker = "W", .task_id = "A_1", .resources = {{{"server", 2}}}},
            rpc::AddTask{.worker = "W", .task_id = "A_2", .resources = {{{"server", 2}}}}, rpc::GetWork{.worker = "W"}};
        const auto work = std::get<rpc::Work>(scheduler.execute(requests, now).back());
        return std::holds_alternative<rpc::Assignment>(work.assignment);
    };
    CHECK(get(FakeClock::start));
    CHECK_FALSE(get(FakeClock::start + std::chrono::seconds(30)));
    CHECK(get(FakeClock::start + std::chrono::seconds(62)));
}

TEST_CASE("a task that exceeds a limit is explained by that, whatever else is in use", "[scheduler][shortage]") {
    SchedulerHarness harness(limited());
    harness.add(needing("A_1", {{"db", 2}}));
    harness.gets("W");
    harness.add(needing("A_2", {{"db", 1}, {"tape", 2}}));
    CHECK(why(harness, "A_2") == "can never run: it needs 2 of 'tape', of which there is 1");
    harness.add({.worker = "W", .task_id = "A_3", .deps = {{"A_2"}}, .family = "A"});
    CHECK(why(harness, "A_3") == "waits for A(), which can never run: it needs 2 of 'tape', of which there is 1");
}

TEST_CASE("a task that waits for a rate is explained by the grants of the last minute", "[scheduler][shortage]") {
    SchedulerHarness harness(limited());
    harness.add(needing("A_1", {{"server", 2}}));
    harness.gets("W");
    harness.add(needing("A_2", {{"server", 2}}));
    CHECK(why(harness, "A_2") == "waits for 'server': 2 of 3 granted within the last minute, and it needs 2");
    harness.advance(Seconds(62));
    CHECK(why(harness, "A_2") == "waits for a free worker");
}

TEST_CASE("a task that exceeds a limit is logged once per limit", "[scheduler][shortage]") {
    auto file = store::StateFile::in_memory();
    FakeLog log;
    scheduler::Scheduler scheduler(file, log, {.config = limited()}, FakeClock::start);
    const auto send = [&](rpc::Request request) { scheduler.execute({&request, 1}, FakeClock::start); };
    send(needing("A_1", {{"db", 2}}));
    CHECK(log.messages().empty());
    send(needing("A_2", {{"db", 3}}));
    send(rpc::RegisterTasks{{needing("A_2", {{"db", 3}}), needing("A_3", {{"db", 4}})}});
    CHECK(log.messages() ==
          std::vector<std::string>{"register 'A_2': it can never run: it needs 3 of 'db', of which there are 2"});
    send(rpc::UpdateResource{"db", 3});
    send(rpc::RegisterTasks{{needing("A_2", {{"db", 3}}), needing("A_3", {{"db", 4}})}});
    CHECK(log.messages().back() == "register 'A_3': it can never run: it needs 4 of 'db', of which there are 3");
    CHECK(log.events() == std::vector<std::string>{"task.can_never_run", "task.can_never_run"});
}
