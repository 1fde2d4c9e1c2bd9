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

Config with_limits(wire::Resources limits) {
    Config config;
    config.resources = std::move(limits);
    return config;
}

void needs(Conversation& talk, const std::string& worker, const std::string& task, wire::Resources resources,
           double priority = 0) {
    talk.add(
        {.worker = worker, .task_id = task, .resources = std::move(resources), .priority = priority, .family = "A"});
}

}  // namespace

TEST_CASE("a task is handed out when all its dependencies are done and not before", "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A", {"B", "C"});
    talk.registers("W", "B");
    talk.registers("W", "C");
    CHECK(talk.gets("W") == "B");
    talk.reports("W", "B", Status::done);
    CHECK(talk.gets("W") == "C");
    CHECK(talk.gets("W").empty());
    talk.reports("W", "C", Status::done);
    CHECK(talk.gets("W") == "A");
}

TEST_CASE("tasks that wait for each other are never handed out and hold up nobody else", "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A", {"B"});
    talk.registers("W", "B", {"A", "Z"});
    talk.registers("W", "Self", {"Self"});
    talk.registers("W", "C");
    talk.add({.worker = "W", .task_id = "Z", .status = Status::disabled});
    CHECK(talk.gets("W") == "C");
    CHECK(talk.gets("W").empty());
    talk.pass(Seconds(61));
    talk.prunes();
    talk.pass(Seconds(600));
    talk.prunes();
    for (const char* task : {"A", "B", "Self", "C", "Z"}) CHECK_FALSE(talk.knows(task));
}

TEST_CASE("the higher priority comes first, then what was registered first", "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.registers("W", "B");
    talk.add({.worker = "W", .task_id = "C", .priority = 1});
    CHECK(talk.gets("W") == "C");
    CHECK(talk.gets("W") == "A");
    CHECK(talk.gets("W") == "B");
}

TEST_CASE("a worker gets only tasks that it registered, an assistant all that can run", "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.add({.worker = "W", .task_id = "Ext", .runnable = false, .priority = 9});
    CHECK(talk.gets("W2").empty());
    CHECK(talk.gets_as_assistant("W3") == "A");
}

TEST_CASE("a worker that names families gets their tasks, whoever registered them, and its own",
          "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A_1");
    talk.registers("W", "B_1");
    talk.registers("W2", "C_1");
    CHECK(talk.gets_serving("W2", {"B", "D"}) == "B_1");
    CHECK(talk.gets_serving("W2", {"B", "D"}) == "C_1");
    CHECK(talk.gets_serving("W2", {"B", "D"}).empty());
    CHECK(talk.gets("W2").empty());
}

TEST_CASE("a worker that names families gets what others only named, and nobody else does", "[scheduler][get_work]") {
    Conversation talk;
    talk.add({.worker = "W", .task_id = "A_1", .runnable = false, .family = "A"});
    CHECK(talk.gets("W").empty());
    CHECK(talk.gets_as_assistant("W2").empty());
    CHECK(talk.gets_serving("W3", {"B"}).empty());
    CHECK(talk.gets_serving("W3", {"A"}) == "A_1");
}

TEST_CASE("a worker that names families waits for the resources of what it would run", "[scheduler][get_work]") {
    Conversation talk;
    talk.add({.worker = "W", .task_id = "A_1", .resources = {{"db", 1}}, .family = "A"});
    talk.add({.worker = "W", .task_id = "A_2", .resources = {{"db", 1}}, .family = "A"});
    CHECK(talk.gets_serving("W2", {"A"}) == "A_1");
    CHECK(talk.gets_serving("W3", {"A"}).empty());
    talk.reports("W2", "A_1", Status::done);
    CHECK(talk.gets_serving("W3", {"A"}) == "A_2");
}

TEST_CASE("the answer counts what there was before the task was handed out", "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.registers("W", "B");
    talk.registers("W2", "B");
    const auto pending = talk.work("W").pending;
    CHECK(pending.n_pending_tasks == 2);
    CHECK(pending.n_unique_pending == 1);
    CHECK(pending.n_pending_last_scheduled == 1);
}

TEST_CASE("a task that waits for a disabled one is not counted as pending", "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A", {"B"});
    talk.registers("W", "B", {"C"});
    talk.add({.worker = "W", .task_id = "C", .status = Status::disabled});
    CHECK(talk.ask<wire::Pending>(wire::CountPending{"W"}).n_pending_tasks == 0);
    talk.registers("W", "C");
    CHECK(talk.ask<wire::Pending>(wire::CountPending{"W"}).n_pending_tasks == 3);
}

TEST_CASE("running tasks that the worker could have run are named with their runner's facts", "[scheduler][get_work]") {
    Conversation talk;
    talk.say(wire::AddWorker{"W", {{"host", "vm"}}});
    talk.registers("W", "A");
    talk.registers("W2", "A");
    talk.gets("W");
    const auto running = talk.work("W2").pending.running_tasks;
    REQUIRE(running.size() == 1);
    CHECK(running[0] == wire::RunningTask{"A", "W", {{"host", "vm"}}});
}

TEST_CASE("a task whose answer was lost is handed out again, even while paused", "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.registers("W", "B");
    const auto first = talk.assignment("W");
    talk.say(wire::Pause{});
    const auto again = std::get<wire::Assignment>(
        talk.ask<wire::Work>(wire::GetWork{.worker = "W", .current_tasks = std::vector<std::string>{}}).assignment);
    CHECK(again.task_id == "A");
    CHECK(again.attempt == first.attempt);
    CHECK(again.lease->token == first.lease->token);  // or a question that arrives late would end a running attempt's
}

TEST_CASE("a task that is handed out again holds what it held, whatever was said of it since", "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.add({.worker = "W2", .task_id = "A", .resources = {{"db", 1}}, .family = "A"});
    talk.ask<wire::Work>(wire::GetWork{.worker = "W", .current_tasks = std::vector<std::string>{}});
    CHECK(talk.task("A").resources_running->empty());
}

TEST_CASE("who asks only for what was lost gets nothing else, even when it is disabled", "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.registers("W", "B");
    const auto ask = [&](std::vector<std::string> current) {
        const auto work = talk.ask<wire::Work>(
            wire::GetWork{.worker = "W", .current_tasks = std::move(current), .only_lost = true});
        const auto* assignment = std::get_if<wire::Assignment>(&work.assignment);
        return assignment ? assignment->task_id : "";
    };
    CHECK(ask({}).empty());
    CHECK(talk.gets("W") == "A");
    CHECK(ask({"A"}).empty());
    talk.say(wire::DisableWorker{"W"});
    CHECK(ask({}) == "A");
}

TEST_CASE("while paused nothing is handed out", "[scheduler][get_work]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.say(wire::Pause{});
    CHECK(talk.gets("W").empty());
    talk.say(wire::Unpause{});
    CHECK(talk.gets("W") == "A");
}

TEST_CASE("a scheduler that cannot be paused is not", "[scheduler][get_work]") {
    Config config;
    config.pause_enabled = false;
    Conversation talk(config);
    talk.say(wire::Pause{});
    CHECK(talk.ask<Json>(wire::IsPaused{}).text() == R"({"paused":false})");
}

TEST_CASE("a resource without a limit can be used once at a time", "[scheduler][resources]") {
    Conversation talk;
    needs(talk, "W", "A", {{"printer", 1}});
    needs(talk, "W", "B", {{"printer", 1}});
    CHECK(talk.gets("W") == "A");
    CHECK(talk.gets("W").empty());
    talk.reports("W", "A", Status::done);
    CHECK(talk.gets("W") == "B");
}

TEST_CASE("a task that needs more than there ever is is passed over", "[scheduler][resources]") {
    Conversation talk(with_limits({{"db", 2}}));
    needs(talk, "W", "A", {{"db", 3}});
    needs(talk, "W", "B", {{"db", 2}});
    CHECK(talk.gets("W") == "B");
}

TEST_CASE("resources that are given back early are there for others at once", "[scheduler][resources]") {
    Conversation talk(with_limits({{"db", 2}}));
    talk.say(wire::AddWorker{"W", {{"workers", 2}}});
    needs(talk, "W", "A", {{"db", 2}});
    needs(talk, "W", "B", {{"db", 2}});
    CHECK(talk.gets("W") == "A");
    CHECK(talk.gets("W").empty());
    talk.say(wire::DecreaseRunningTaskResources{"A", {{"db", 5}}});
    CHECK(talk.ask<Json>(wire::GetRunningTaskResources{"A"}).text() == R"({"taskId":"A","resources":{"db":0}})");
    CHECK(talk.gets("W") == "B");
}

TEST_CASE("resources are left to a higher task of another worker that asks for work", "[scheduler][resources]") {
    Conversation talk;
    needs(talk, "W", "High", {{"db", 1}}, 9);
    needs(talk, "W2", "Low", {{"db", 1}});
    CHECK(talk.gets("W") == "High");
    talk.reports("W", "High", Status::done);
    needs(talk, "W", "High_2", {{"db", 1}}, 9);
    CHECK(talk.gets("W2").empty());
    CHECK(talk.gets("W") == "High_2");
}

TEST_CASE("resources are not left to a worker that has not asked lately", "[scheduler][resources]") {
    Conversation talk;
    needs(talk, "W", "High", {{"db", 1}}, 9);
    needs(talk, "W2", "Low", {{"db", 1}});
    CHECK(talk.gets("W2") == "Low");
}

TEST_CASE("limits change at run time and only to whole numbers that are not negative", "[scheduler][resources]") {
    Conversation talk;
    CHECK(talk.ask<Json>(wire::UpdateResource{"db", 2}) == Json(true));
    CHECK(talk.ask<Json>(wire::UpdateResource{"db", -1}) == Json(false));
    CHECK(talk.ask<Json>(wire::UpdateResource{"db", "many"}) == Json(false));
    needs(talk, "W", "A", {{"db", 1}});
    needs(talk, "W", "B", {{"db", 1}});
    CHECK(talk.gets("W") == "A");
    CHECK(talk.gets("W") == "B");
    const Json list = talk.ask<Json>(wire::ResourceList{});
    CHECK(list.as_array()[0].at("num_used").as_integer() == 2);
    CHECK(list.as_array()[0].at("num_consumer").as_integer() == 2);
}
