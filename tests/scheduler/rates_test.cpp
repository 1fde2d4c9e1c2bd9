// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"
#include "scheduler/scheduler.hpp"
#include "store/state_file.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using scheduler::Config;
using scheduler::Seconds;
using wire::Status;

namespace {

/// At most three requests a minute to a server, and two tasks at a database.
Config limited() {
    Config config;
    config.resources = {{"server", 3}, {"db", 2}};
    config.rates = {"server"};
    config.worker_disconnect_delay = Seconds(3600);
    return config;
}

void registers(Conversation& talk, const std::string& task, wire::Resources resources) {
    talk.add({.worker = "W", .task_id = task, .resources = std::move(resources), .family = "A"});
}

}  // namespace

TEST_CASE("what is handed out by the minute comes back after one, not when its task ends", "[scheduler][rates]") {
    Conversation talk(limited());
    for (const char* task : {"A_1", "A_2", "A_3"}) registers(talk, task, {{"server", 2}});
    CHECK(talk.gets("W") == "A_1");
    talk.reports("W", "A_1", Status::done);
    CHECK(talk.gets("W").empty());
    talk.pass(Seconds(59));
    CHECK(talk.gets("W").empty());
    talk.pass(Seconds(2));
    CHECK(talk.gets("W") == "A_2");
}

TEST_CASE("a task that still runs after a minute does not hold a rate", "[scheduler][rates]") {
    Conversation talk(limited());
    for (const char* task : {"A_1", "A_2"}) registers(talk, task, {{"server", 3}, {"db", 1}});
    CHECK(talk.gets("W") == "A_1");
    CHECK(*talk.task("A_1").resources_running == wire::Resources{{"db", 1}});
    talk.pass(Seconds(61));
    CHECK(talk.gets("W") == "A_2");
}

TEST_CASE("no minute, however it is cut, has more than the limit", "[scheduler][rates]") {
    Conversation talk(limited());
    for (int i = 10; i < 50; ++i) registers(talk, "A_" + std::to_string(i), {{"server", 1}});
    std::vector<Time> given;
    for (int second = 0; second < 600; ++second) {
        if (!talk.gets("W").empty()) given.push_back(talk.now);
        talk.pass(Seconds(0.7));
    }
    REQUIRE(given.size() > 15);
    for (std::size_t i = 3; i < given.size(); ++i) CHECK(given[i] - given[i - 3] >= std::chrono::minutes(1));
}

TEST_CASE("who waits for a rate is told when it comes back", "[scheduler][rates]") {
    Conversation talk(limited());
    for (const char* task : {"A_1", "A_2"}) registers(talk, task, {{"server", 3}});
    CHECK(talk.gets("W") == "A_1");
    const auto openings = talk.state.openings();
    const auto next = talk.state.next_wakeup();
    REQUIRE(next);
    CHECK(*next - talk.now <= std::chrono::seconds(61));
    talk.now = *next;
    talk.prunes();
    CHECK(talk.state.openings() > openings);
    CHECK(talk.state.has_work_for({.worker = "W"}, talk.now));
}

TEST_CASE("a restart does not hand out what the minute has already had", "[scheduler][rates]") {
    auto file = store::StateFile::in_memory();
    FakeLog log;
    const auto get = [&](Time now) {
        scheduler::Scheduler scheduler(file, log, {.config = limited()}, now);
        const std::vector<wire::Request> requests{
            wire::AddTask{.worker = "W", .task_id = "A_1", .resources = {{"server", 2}}},
            wire::AddTask{.worker = "W", .task_id = "A_2", .resources = {{"server", 2}}}, wire::GetWork{.worker = "W"}};
        const auto work = std::get<wire::Work>(scheduler.execute(requests, now).back());
        return std::holds_alternative<wire::Assignment>(work.assignment);
    };
    CHECK(get(FakeClock::start));
    CHECK_FALSE(get(FakeClock::start + std::chrono::seconds(30)));
    CHECK(get(FakeClock::start + std::chrono::seconds(62)));
}
