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

Config with_limits(rpc::Resources limits) {
    Config config;
    config.resources = std::move(limits);
    return config;
}

void needs(SchedulerHarness& harness, const std::string& worker, const std::string& task, rpc::Resources resources,
           double priority = 0) {
    harness.add(
        {.worker = worker, .task_id = task, .resources = std::move(resources), .priority = priority, .family = "A"});
}

}  // namespace

TEST_CASE("a task is assigned when all its dependencies are done and not before", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A", {"B", "C"});
    harness.registers("W", "B");
    harness.registers("W", "C");
    CHECK(harness.gets("W") == "B");
    harness.reports("W", "B", Status::done);
    CHECK(harness.gets("W") == "C");
    CHECK(harness.gets("W").empty());
    harness.reports("W", "C", Status::done);
    CHECK(harness.gets("W") == "A");
}

TEST_CASE("tasks in a dependency cycle are never assigned and block no others", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A", {"B"});
    harness.registers("W", "B", {"A", "Z"});
    harness.registers("W", "Self", {"Self"});
    harness.registers("W", "C");
    harness.add({.worker = "W", .task_id = "Z", .status = Status::disabled});
    CHECK(harness.gets("W") == "C");
    CHECK(harness.gets("W").empty());
    harness.advance(Seconds(61));
    harness.prunes();
    harness.advance(Seconds(600));
    harness.prunes();
    for (const char* task : {"A", "B", "Self", "C", "Z"}) CHECK_FALSE(harness.knows(task));
}

TEST_CASE("the higher priority comes first, then what was registered first", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.registers("W", "B");
    harness.add({.worker = "W", .task_id = "C", .priority = 1});
    CHECK(harness.gets("W") == "C");
    CHECK(harness.gets("W") == "A");
    CHECK(harness.gets("W") == "B");
}

TEST_CASE("a worker gets only tasks that it registered, an assistant all runnable ones", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.add({.worker = "W", .task_id = "Ext", .runnable = false, .priority = 9});
    CHECK(harness.gets("W2").empty());
    CHECK(harness.gets_as_assistant("W3") == "A");
}

TEST_CASE("a worker that lists families gets their tasks, whoever registered them, and its own",
          "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    harness.registers("W", "B_1");
    harness.registers("W2", "C_1");
    CHECK(harness.gets_serving("W2", {"B", "D"}) == "B_1");
    CHECK(harness.gets_serving("W2", {"B", "D"}) == "C_1");
    CHECK(harness.gets_serving("W2", {"B", "D"}).empty());
    CHECK(harness.gets("W2").empty());
}

TEST_CASE("a worker gets no task of a family that it excludes, however high in rank", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    harness.registers("W", "B_1");
    harness.registers("W", "A_2");
    CHECK(harness.gets_except("W", {"A", "D"}) == "B_1");
    CHECK(harness.gets_except("W", {"A"}).empty());
    CHECK_FALSE(harness.machine.has_work_for({.worker = "W", .except_families = {"A"}}, harness.now));
    SECTION("as long as it does") { CHECK(harness.gets("W") == "A_1"); }
    SECTION("also where resources are at stake") {
        needs(harness, "W", "A_3", {{"db", 1}}, 9);
        needs(harness, "W", "A_4", {{"db", 1}}, 9);
        harness.add({.worker = "W", .task_id = "B_2", .resources = {{{"disk", 1}}}, .family = "B"});
        CHECK(harness.gets_except("W", {"A"}) == "B_2");
        CHECK(harness.gets_except("W", {"A"}).empty());
        CHECK(harness.gets("W") == "A_3");
    }
}

TEST_CASE("only a worker that lists the family gets an external task", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A_1", .runnable = false, .family = "A"});
    CHECK(harness.gets("W").empty());
    CHECK(harness.gets_as_assistant("W2").empty());
    CHECK(harness.gets_serving("W3", {"B"}).empty());
    CHECK(harness.gets_serving("W3", {"A"}) == "A_1");
}

TEST_CASE("a worker that lists families waits for the resources of their tasks", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A_1", .resources = {{{"db", 1}}}, .family = "A"});
    harness.add({.worker = "W", .task_id = "A_2", .resources = {{{"db", 1}}}, .family = "A"});
    CHECK(harness.gets_serving("W2", {"A"}) == "A_1");
    CHECK(harness.gets_serving("W3", {"A"}).empty());
    harness.reports("W2", "A_1", Status::done);
    CHECK(harness.gets_serving("W3", {"A"}) == "A_2");
}

TEST_CASE("the response counts the tasks as they were before the assignment", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.registers("W", "B");
    harness.registers("W2", "B");
    const auto pending = harness.work("W").pending;
    CHECK(pending.n_pending_tasks == 2);
    CHECK(pending.n_unique_pending == 1);
    CHECK(pending.n_pending_last_scheduled == 1);
}

TEST_CASE("a task that waits for a disabled one is not counted as pending", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A", {"B"});
    harness.registers("W", "B", {"C"});
    harness.add({.worker = "W", .task_id = "C", .status = Status::disabled});
    CHECK(harness.ask<rpc::Pending>(rpc::CountPending{"W"}).n_pending_tasks == 0);
    harness.registers("W", "C");
    CHECK(harness.ask<rpc::Pending>(rpc::CountPending{"W"}).n_pending_tasks == 3);
}

TEST_CASE("running tasks that the worker could run are listed with the information of their workers",
          "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.send(rpc::AddWorker{"W", {{"host", "vm"}}});
    harness.registers("W", "A");
    harness.registers("W2", "A");
    harness.gets("W");
    const auto running = harness.work("W2").pending.running_tasks;
    REQUIRE(running.size() == 1);
    CHECK(running[0] == rpc::RunningTask{"A", "W", {{"host", "vm"}}});
}

TEST_CASE("an assignment lost with its response is repeated, even while paused", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.registers("W", "B");
    const auto first = harness.assignment("W");
    harness.send(rpc::Pause{});
    const auto again = std::get<rpc::Assignment>(
        harness.ask<rpc::Work>(rpc::GetWork{.worker = "W", .current_tasks = std::vector<std::string>{}}).assignment);
    CHECK(again.task_id == "A");
    CHECK(again.attempt == first.attempt);
    CHECK(again.lease->token ==
          first.lease->token);  // otherwise a late request would end the lease of a running attempt
}

TEST_CASE("a repeated assignment holds the resources of the first one, whatever was registered since",
          "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.add({.worker = "W2", .task_id = "A", .resources = {{{"db", 1}}}, .family = "A"});
    harness.ask<rpc::Work>(rpc::GetWork{.worker = "W", .current_tasks = std::vector<std::string>{}});
    CHECK(harness.task("A").resources_running->empty());
}

TEST_CASE("a request for lost assignments only gets nothing else, even from a disabled worker",
          "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.registers("W", "B");
    const auto ask = [&](std::vector<std::string> current) {
        const auto work =
            harness.ask<rpc::Work>(rpc::GetWork{.worker = "W", .current_tasks = std::move(current), .only_lost = true});
        const auto* assignment = std::get_if<rpc::Assignment>(&work.assignment);
        return assignment ? assignment->task_id : "";
    };
    CHECK(ask({}).empty());
    CHECK(harness.gets("W") == "A");
    CHECK(ask({"A"}).empty());
    harness.send(rpc::DisableWorker{"W"});
    CHECK(ask({}) == "A");
}

TEST_CASE("nothing is assigned while paused", "[scheduler][get_work]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.send(rpc::Pause{});
    CHECK(harness.gets("W").empty());
    harness.send(rpc::Unpause{});
    CHECK(harness.gets("W") == "A");
}

TEST_CASE("pausing is ignored unless it is enabled", "[scheduler][get_work]") {
    Config config;
    config.pause_enabled = false;
    SchedulerHarness harness(config);
    harness.send(rpc::Pause{});
    CHECK(harness.ask<Json>(rpc::IsPaused{}).text() == R"({"paused":false})");
}

TEST_CASE("a resource without a limit can be used once at a time", "[scheduler][resources]") {
    SchedulerHarness harness;
    needs(harness, "W", "A", {{"printer", 1}});
    needs(harness, "W", "B", {{"printer", 1}});
    CHECK(harness.gets("W") == "A");
    CHECK(harness.gets("W").empty());
    harness.reports("W", "A", Status::done);
    CHECK(harness.gets("W") == "B");
}

TEST_CASE("a task that exceeds a limit is skipped", "[scheduler][resources]") {
    SchedulerHarness harness(with_limits({{"db", 2}}));
    needs(harness, "W", "A", {{"db", 3}});
    needs(harness, "W", "B", {{"db", 2}});
    CHECK(harness.gets("W") == "B");
}

TEST_CASE("resources released before the end of a task are available at once", "[scheduler][resources]") {
    SchedulerHarness harness(with_limits({{"db", 2}}));
    harness.send(rpc::AddWorker{"W", {{"workers", 2}}});
    needs(harness, "W", "A", {{"db", 2}});
    needs(harness, "W", "B", {{"db", 2}});
    CHECK(harness.gets("W") == "A");
    CHECK(harness.gets("W").empty());
    harness.send(rpc::DecreaseRunningTaskResources{"A", {{"db", 5}}});
    CHECK(harness.ask<Json>(rpc::GetRunningTaskResources{"A"}).text() == R"({"taskId":"A","resources":{"db":0}})");
    CHECK(harness.gets("W") == "B");
}

TEST_CASE("resources are reserved for a higher-ranked task of another active worker", "[scheduler][resources]") {
    SchedulerHarness harness;
    needs(harness, "W", "High", {{"db", 1}}, 9);
    needs(harness, "W2", "Low", {{"db", 1}});
    CHECK(harness.gets("W") == "High");
    harness.reports("W", "High", Status::done);
    needs(harness, "W", "High_2", {{"db", 1}}, 9);
    CHECK(harness.gets("W2").empty());
    CHECK(harness.gets("W") == "High_2");
}

TEST_CASE("resources are not reserved for a worker that has not asked for work recently", "[scheduler][resources]") {
    SchedulerHarness harness;
    needs(harness, "W", "High", {{"db", 1}}, 9);
    needs(harness, "W2", "Low", {{"db", 1}});
    CHECK(harness.gets("W2") == "Low");
}

TEST_CASE("limits change at run time, but only to non-negative integers", "[scheduler][resources]") {
    SchedulerHarness harness;
    CHECK(harness.ask<Json>(rpc::UpdateResource{"db", 2}) == Json(true));
    CHECK(harness.ask<Json>(rpc::UpdateResource{"db", -1}) == Json(false));
    CHECK(harness.ask<Json>(rpc::UpdateResource{"db", "many"}) == Json(false));
    needs(harness, "W", "A", {{"db", 1}});
    needs(harness, "W", "B", {{"db", 1}});
    CHECK(harness.gets("W") == "A");
    CHECK(harness.gets("W") == "B");
    const Json list = harness.ask<Json>(rpc::ResourceList{});
    CHECK(list.as_array()[0].at("num_used").as_integer() == 2);
    CHECK(list.as_array()[0].at("num_consumer").as_integer() == 2);
}
