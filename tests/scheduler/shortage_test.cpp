// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"
#include "scheduler/explanation.hpp"
#include "scheduler/scheduler.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using scheduler::Seconds;

namespace {

/// Two tasks at a database, and three requests a minute to a server.
scheduler::Config limited() {
    scheduler::Config config;
    config.resources = {{"db", 2}, {"server", 3}};
    config.rates = {"server"};
    return config;
}

rpc::AddTask needing(const std::string& task, rpc::Resources resources) {
    return {.worker = "W", .task_id = task, .resources = std::move(resources), .family = "A"};
}

std::string why(const SchedulerHarness& harness, const std::string& task) {
    return scheduler::explain(harness.machine.state(), *harness.machine.state().tasks.find(task), harness.now);
}

}  // namespace

TEST_CASE("a task that needs more than there is says so, whatever else is in use", "[scheduler][shortage]") {
    SchedulerHarness harness(limited());
    harness.add(needing("A_1", {{"db", 2}}));
    harness.gets("W");
    harness.add(needing("A_2", {{"db", 1}, {"tape", 2}}));
    CHECK(why(harness, "A_2") == "can never run: it needs 2 of 'tape', of which there is 1");
    harness.add({.worker = "W", .task_id = "A_3", .deps = {{"A_2"}}, .family = "A"});
    CHECK(why(harness, "A_3") == "waits for A(), which can never run: it needs 2 of 'tape', of which there is 1");
}

TEST_CASE("a task that waits for the next minute of a rate says so", "[scheduler][shortage]") {
    SchedulerHarness harness(limited());
    harness.add(needing("A_1", {{"server", 2}}));
    harness.gets("W");
    harness.add(needing("A_2", {{"server", 2}}));
    CHECK(why(harness, "A_2") == "waits for 'server': 2 of 3 went out within a minute, and it needs 2");
    harness.advance(Seconds(62));
    CHECK(why(harness, "A_2") == "waits for a free worker");
}

TEST_CASE("a task that needs more than there is, is warned of once for each limit", "[scheduler][shortage]") {
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
