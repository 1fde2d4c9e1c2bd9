// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/queue_status.hpp"

#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using scheduler::Seconds;
using test::SchedulerHarness;

namespace {

std::string queue_status(SchedulerHarness& harness, std::vector<std::string> families = {}) {
    return harness.ask<Json>(rpc::QueueStatus{std::move(families)}).text();
}

}  // namespace

TEST_CASE("the queue has the tasks that another worker could begin, since the first of them is pending",
          "[scheduler][queue_status]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    harness.registers("W", "A_2", {"A_1"});
    harness.advance(Seconds(2));
    harness.registers("W", "B_1");
    harness.advance(Seconds(3));
    CHECK(queue_status(harness) == R"({"ready":2,"oldest":5.0,"held_up":0,"running":0,"paused":false})");
    CHECK(queue_status(harness, {"B"}) == R"({"ready":1,"oldest":3.0,"held_up":0,"running":0,"paused":false})");
    harness.gets("W");
    CHECK(queue_status(harness) == R"({"ready":1,"oldest":3.0,"held_up":0,"running":1,"paused":false})");
    CHECK(queue_status(harness, {"B"}) == R"({"ready":1,"oldest":3.0,"held_up":0,"running":0,"paused":false})");
    CHECK(queue_status(harness, {"A", "C"}) == R"({"ready":0,"oldest":0.0,"held_up":0,"running":1,"paused":false})");
}

TEST_CASE("the oldest task of a queue is found behind later ones of a higher priority", "[scheduler][queue_status]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    harness.advance(Seconds(60));
    harness.add({.worker = "W", .task_id = "A_2", .priority = 5, .family = "A"});
    CHECK(queue_status(harness) == R"({"ready":2,"oldest":60.0,"held_up":0,"running":0,"paused":false})");
}

TEST_CASE("tasks that wait for resources are no work for another worker", "[scheduler][queue_status]") {
    SchedulerHarness harness;
    for (const char* task : {"A_1", "A_2"})
        harness.add({.worker = "W", .task_id = task, .resources = rpc::Resources{{"scales", 1}}, .family = "A"});
    harness.gets("W");
    CHECK(queue_status(harness) == R"({"ready":0,"oldest":0.0,"held_up":1,"running":1,"paused":false})");
    harness.reports("W", "A_1", rpc::Status::done);
    CHECK(queue_status(harness) == R"({"ready":1,"oldest":0.0,"held_up":0,"running":0,"paused":false})");
}

TEST_CASE("an external task is in the queue of those who ask for its family", "[scheduler][queue_status]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "Flour_1", .runnable = false, .family = "Flour"});
    CHECK(queue_status(harness) == R"({"ready":0,"oldest":0.0,"held_up":0,"running":0,"paused":false})");
    CHECK(queue_status(harness, {"Flour"}) == R"({"ready":1,"oldest":0.0,"held_up":0,"running":0,"paused":false})");
}
