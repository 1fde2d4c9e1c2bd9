// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;

TEST_CASE("a cancelled attempt loses its lease, and its task is not retried", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto lease = harness.assignment("W").lease->token;
    CHECK(harness.ask<Json>(rpc::CancelTask{"A", "alice"}).at("status").as_string() == "FAILED");
    CHECK(*harness.task("A").expl == "cancelled by operator alice");
    CHECK(harness.ask<rpc::Messages>(rpc::Ping{"W", {{"A", static_cast<std::int64_t>(lease)}}}).taken_leases.size() ==
          1);
    CHECK_FALSE(harness.ask<rpc::LeaseState>(rpc::HoldsLease{"W", "A", lease}).held);
    harness.advance(scheduler::Seconds(3600));
    CHECK(harness.gets("W").empty());

    harness.send(rpc::ForgiveFailures{"A"});
    CHECK(harness.gets("W") == "A");
}

TEST_CASE("the end of a cancelled attempt is recorded with the operator", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.machine.take_write_batch();
    harness.send(rpc::CancelTask{"A", "alice"});
    const auto batch = harness.machine.take_write_batch();
    REQUIRE(batch.history.size() == 1);
    CHECK(batch.history[0].worker == "operator alice");
    CHECK(batch.history[0].detail == "cancelled");
    REQUIRE(batch.attempts.size() == 1);
    CHECK(batch.attempts[0].ended->status == "FAILED");
}

TEST_CASE("a task that does not run is not cancelled", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    CHECK(harness.ask<Json>(rpc::CancelTask{"A"}).at("status").as_string() == "PENDING");
    CHECK(harness.ask<Json>(rpc::CancelTask{"unknown"}).at("status").is_null());
}

TEST_CASE("an operator's priority decides what runs next, and its requirements share it", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.registers("W", "B_first");
    harness.registers("W", "B", {"B_first"});
    CHECK(harness.ask<Json>(rpc::SetTaskPriority{"B", 5, "alice"}).at("priority").as_number() == 5);
    CHECK(harness.task("B_first").priority == 5);
    CHECK(harness.gets("W") == "B_first");
    CHECK(harness.ask<Json>(rpc::SetTaskPriority{"unknown", 5}).at("priority").is_null());
}

TEST_CASE("a change of priority is in the history of the task", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.machine.take_write_batch();
    harness.send(rpc::SetTaskPriority{"A", 5, "alice"});
    harness.send(rpc::SetTaskPriority{"A", 5, "alice"});
    const auto history = harness.machine.take_write_batch().history;
    REQUIRE(history.size() == 1);
    CHECK(history[0].worker == "operator alice");
    CHECK(history[0].detail == "its priority was set to 5");
}

namespace {

Json rerun(SchedulerHarness& harness, const std::string& task, bool downstream = false) {
    return harness.ask<Json>(rpc::RerunTask{.task_id = task, .downstream = downstream, .principal = "alice"});
}

/// The tasks that the worker's next ping asks it to run again.
std::vector<std::string> asked_of(SchedulerHarness& harness, const std::string& worker) {
    std::vector<std::string> tasks;
    for (const auto& message : harness.ask<rpc::Messages>(rpc::Ping{.worker = worker}).rpc_messages) {
        const Json arguments(message.kwargs);
        for (const Json& task : arguments.at("tasks").as_array())
            tasks.push_back(message.name + " " + task.at("task_id").as_string());
    }
    return tasks;
}

}  // namespace

TEST_CASE("a worker that registered a DONE task is asked to run it again", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.introduces("W");
    CHECK(rerun(harness, "A").at("worker").is_null());
    CHECK(rerun(harness, "unknown").at("worker").is_null());
    harness.gets("W");
    harness.reports("W", "A", rpc::Status::done);
    harness.machine.take_write_batch();
    CHECK(rerun(harness, "A").at("worker").as_string() == "W");
    CHECK(harness.machine.take_write_batch().history.at(0).detail == "'W' was asked to run it again");
    CHECK(harness.status("A") == rpc::Status::done);
    CHECK(asked_of(harness, "W") == std::vector<std::string>{"rerun_tasks A"});
    CHECK(asked_of(harness, "W").empty());
    harness.registers("W", "A");
    CHECK(harness.gets("W") == "A");
    harness.reports("W", "A", rpc::Status::done);
    harness.registers("W", "A");
    CHECK(harness.status("A") == rpc::Status::done);  // its output may be shown late
}

TEST_CASE("a task runs again with the DONE tasks downstream, each once", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.introduces("W");
    harness.registers("W", "A");
    harness.registers("W", "B", {"A"});
    harness.registers("W", "C", {"A"});
    harness.registers("W", "D", {"B", "C"});
    harness.registers("W", "E", {"D"});
    for (int i = 0; i < 4; ++i) harness.reports("W", harness.gets("W"), rpc::Status::done);
    CHECK(rerun(harness, "A", true).at("tasks").as_integer() == 4);
    CHECK(asked_of(harness, "W") ==
          std::vector<std::string>{"rerun_tasks A", "rerun_tasks B", "rerun_tasks C", "rerun_tasks D"});
}

TEST_CASE("without the worker of a task, one that serves its family is asked", "[scheduler][admin]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A_1", .status = rpc::Status::done, .family = "A"});
    for (const char* worker : {"X", "Y"}) harness.introduces(worker);
    CHECK(rerun(harness, "A_1").at("worker").is_null());  // W is Luigi's
    harness.send(rpc::GetWork{.worker = "X", .families = {"B"}});
    CHECK(rerun(harness, "A_1").at("worker").is_null());
    harness.send(rpc::GetWork{.worker = "Y", .families = {"B", "A"}});
    CHECK(rerun(harness, "A_1").at("worker").as_string() == "Y");
}
