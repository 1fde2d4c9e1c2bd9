// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;

namespace {

void registers(SchedulerHarness& harness, const std::string& task, const std::string& day,
               const std::string& kind = "k") {
    harness.add(
        {.worker = "W", .task_id = task, .family = "F", .params = {{"day", day}, {"kind", kind}}, .batchable = true});
}

void starts(SchedulerHarness& harness, const std::string& combined, const rpc::BatchAssignment& batch) {
    harness.add(
        {.worker = "W", .task_id = combined, .status = Status::running, .family = "F", .batch_id = batch.batch_id});
}

SchedulerHarness batching(std::optional<std::int64_t> max_size = std::nullopt) {
    SchedulerHarness harness;
    harness.send(rpc::AddTaskBatcher{"W", "F", {"day"}, max_size});
    registers(harness, "F_1", "1");
    registers(harness, "F_2", "2");
    registers(harness, "F_3", "3");
    return harness;
}

rpc::BatchAssignment batch(SchedulerHarness& harness) {
    return std::get<rpc::BatchAssignment>(harness.work("W").assignment);
}

}  // namespace

TEST_CASE("tasks that differ in batched parameters only are assigned as a batch", "[scheduler][batch]") {
    auto harness = batching();
    registers(harness, "F_4", "4", "other");
    const auto given = batch(harness);
    CHECK(given.task_ids == std::vector<std::string>{"F_1", "F_2", "F_3"});
    CHECK(given.batched == std::vector<std::pair<std::string, std::vector<std::string>>>{{"day", {"1", "2", "3"}}});
    CHECK(given.batch_id == "f73bb44be937b45e8447c08ef6b3a950");
    CHECK(harness.status("F_1") == Status::batch_running);
    CHECK(harness.status("F_4") == Status::pending);
}

TEST_CASE("a batch is not larger than the batcher's maximum", "[scheduler][batch]") {
    auto harness = batching(2);
    CHECK(harness.gets("W") == "F_1|F_2");
    CHECK(harness.gets("W") == "F_3");
}

TEST_CASE("only the worker that registered a batcher gets batches", "[scheduler][batch]") {
    auto harness = batching();
    harness.add({.worker = "W2", .task_id = "F_1"});
    CHECK(harness.gets("W2") == "F_1");
}

TEST_CASE("members end as their combined task ends", "[scheduler][batch]") {
    auto harness = batching();
    starts(harness, "F_all", batch(harness));
    CHECK(harness.status("F_all") == Status::running);
    harness.reports("W", "F_all", Status::done);
    for (const char* member : {"F_1", "F_2", "F_3"}) CHECK(harness.status(member) == Status::done);
}

TEST_CASE("a failed combined task is removed and its members are retried", "[scheduler][batch]") {
    auto harness = batching();
    starts(harness, "F_all", batch(harness));
    harness.reports("W", "F_all", Status::failed);
    harness.prunes();
    CHECK_FALSE(harness.knows("F_all"));
    CHECK(harness.status("F_1") == Status::failed);
}

TEST_CASE("a combined task may be one of the members", "[scheduler][batch]") {
    auto harness = batching();
    starts(harness, "F_3", batch(harness));
    CHECK(harness.status("F_3") == Status::running);
    harness.reports("W", "F_3", Status::done);
    CHECK(harness.status("F_1") == Status::done);
}

TEST_CASE("the status message of a combined task applies to its members", "[scheduler][batch]") {
    auto harness = batching();
    starts(harness, "F_all", batch(harness));
    harness.send(rpc::SetTaskStatusMessage{"F_all", "half"});
    CHECK(harness.ask<Json>(rpc::GetTaskStatusMessage{"F_2"}).at("statusMessage").as_string() == "half");
}

TEST_CASE("members of a batch that was never started become pending again", "[scheduler][batch]") {
    auto harness = batching();
    (void)batch(harness);
    const auto again =
        harness.ask<rpc::Work>(rpc::GetWork{.worker = "W", .current_tasks = std::vector<std::string>{}}).assignment;
    CHECK(std::get<rpc::BatchAssignment>(again).task_ids.size() == 3);
}

TEST_CASE("a combined id that another worker ran before runs for its new worker", "[scheduler][batch]") {
    auto harness = batching(2);
    harness.registers("W2", "F_all");
    harness.gets("W2");
    harness.reports("W2", "F_all", Status::done);
    starts(harness, "F_all", batch(harness));
    harness.reports("W", "F_all", Status::done);
    CHECK(harness.status("F_1") == Status::done);
}

TEST_CASE("a member whose live worker is no stakeholder does not fail", "[scheduler][batch]") {
    SchedulerHarness harness;
    harness.add({.worker = "W",
                 .task_id = "F_1",
                 .resources = {{{"db", 1}}},
                 .family = "F",
                 .params = {{"day", "1"}},
                 .batchable = true});
    harness.add({.worker = "W2",
                 .task_id = "F_2",
                 .resources = {{{"db", 1}}},
                 .family = "F",
                 .params = {{"day", "2"}},
                 .batchable = true});
    harness.send(rpc::AddTaskBatcher{"W", "F", {"day"}, {}});
    CHECK(harness.gets("W") == "F_1|F_2");
    harness.prunes();
    CHECK(harness.status("F_2") == Status::batch_running);
}

TEST_CASE("the lease of a batch is that of its combined task", "[scheduler][batch]") {
    auto harness = batching();
    const auto given = batch(harness);
    starts(harness, "F_all", given);
    CHECK(harness.ask<rpc::LeaseState>(rpc::HoldsLease{"W", "F_all", given.lease->token}).held);
}

TEST_CASE("a worker that timed out runs batches when it comes back", "[scheduler][batch]") {
    const auto register_two = [](SchedulerHarness& harness) {
        for (const char* day : {"1", "2"})
            harness.add({.worker = "W",
                         .task_id = std::string("F_") + day,
                         .family = "F",
                         .params = {{"day", day}},
                         .batchable = true});
    };
    SchedulerHarness harness;
    harness.send(rpc::AddTaskBatcher{"W", "F", {"day"}, {}});
    SECTION("as it said while it was known") { harness.send(rpc::Ping{"W"}); }
    SECTION("as it said before it was known") {}
    harness.advance(scheduler::Seconds(61));
    harness.prunes();
    CHECK(harness.machine.state().workers.all().empty());
    register_two(harness);
    CHECK(harness.gets("W") == "F_1|F_2");
}

TEST_CASE("a task that has left its batch does not end the others when it ends", "[scheduler][batch]") {
    auto harness = batching();
    starts(harness, "F_all", batch(harness));
    harness.reports("W", "F_1", Status::failed);
    harness.advance(scheduler::Seconds(1000));
    harness.send(rpc::Ping{"W"});
    harness.prunes();
    CHECK(harness.gets("W") == "F_1");
    harness.reports("W", "F_1", Status::done);
    CHECK(harness.status("F_2") == Status::batch_running);
}

TEST_CASE("a combined task is forgotten with its dead worker, while its members wait for another",
          "[scheduler][batch]") {
    auto harness = batching();
    starts(harness, "F_all", batch(harness));
    CHECK(harness.machine.drop_dead_workers([](const Json::Object&) { return true; }, harness.now));
    harness.prunes();
    CHECK_FALSE(harness.knows("F_all"));
    CHECK(harness.status("F_1") == Status::pending);
}
