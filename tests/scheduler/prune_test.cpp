// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/prune.hpp"
#include "scheduler/held_tasks.hpp"
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;
using scheduler::Seconds;

TEST_CASE("the tasks of a worker that timed out fail, which counts as a failure", "[scheduler][prune]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.advance(Seconds(60));
    harness.prunes();
    CHECK(harness.status("A") == Status::running);
    harness.advance(Seconds(0.001));
    harness.prunes();
    CHECK(harness.status("A") == Status::failed);
    CHECK_FALSE(harness.task("A").worker_running);
    CHECK(scheduler::details(harness.task("A")).failures.size() == 1);
    CHECK(harness.task("A").workers->empty());
}

TEST_CASE("a failed task stays with its run, also what is done of it, until it is acknowledged", "[scheduler][prune]") {
    SchedulerHarness harness({.holds_failed_tasks = true});
    harness.registers("W", "First");
    harness.registers("W", "Source", {"First"});
    harness.registers("W", "Failing", {"Source"});
    harness.registers("W", "Other");
    harness.registers("W", "Waiting");
    harness.registers("W", "Root", {"Failing", "Waiting"});
    for (const char* done : {"First", "Source", "Other"}) harness.reports("W", done, Status::done);
    harness.fails("W", "Failing", FailureClass::permanent);
    const auto pass = [&](double seconds) {
        harness.advance(Seconds(seconds));
        harness.prunes();
    };
    for (const double seconds : {61.0, 601.0, 601.0, 601.0}) pass(seconds);
    for (const char* held : {"First", "Source", "Failing", "Waiting", "Root"}) CHECK(harness.knows(held));
    CHECK_FALSE(harness.knows("Other"));
    harness.send(rpc::ForgiveFailures{.task_id = "Failing"});
    CHECK(harness.gets_serving("V", {"Failing"}) == "Failing");
    harness.fails("V", "Failing", FailureClass::permanent);
    harness.send(rpc::AcknowledgeFailures{.task_id = "Failing"});
    for (const double seconds : {61.0, 601.0, 601.0}) pass(seconds);
    for (const char* removed : {"Source", "Failing", "Waiting", "Root"}) CHECK_FALSE(harness.knows(removed));
}

TEST_CASE("of a run with too many tasks only what has failed and other runs are held", "[scheduler][prune]") {
    SchedulerHarness harness({.holds_failed_tasks = true});
    std::vector<std::string> deps;
    for (std::size_t i = 0; i <= scheduler::max_held_tasks; ++i) deps.push_back("Dep_" + std::to_string(i));
    harness.registers("W", "Large", deps);
    harness.registers("W", "Small", {"Dep_0", "Other"});
    for (const char* failing : {"Dep_1", "Dep_2", "Other"}) {
        harness.registers("W", failing);
        CHECK(harness.gets("W") == failing);
        harness.fails("W", failing, FailureClass::permanent);
    }
    const auto held = scheduler::held_tasks(harness.machine.state());
    const auto holds = [&](const char* task) { return held.contains(*harness.machine.state().tasks.find(task)); };
    CHECK(held.size() == 3);
    for (const char* task : {"Other", "Small", "Dep_0"}) CHECK(holds(task));
    for (const char* task : {"Dep_1", "Large"}) CHECK_FALSE(holds(task));
}

TEST_CASE("a held task is looked at again later, and its run ends when nobody needed it any more",
          "[scheduler][prune]") {
    SchedulerHarness harness({.remove_delay = Seconds(0), .holds_failed_tasks = true});
    harness.registers("W", "A_1");
    harness.registers("W", "Root_1", {"A_1"});
    REQUIRE(harness.gets("W") == "A_1");
    harness.fails("W", "A_1", FailureClass::permanent);
    harness.advance(Seconds(61));
    harness.prunes();
    const Time end = harness.now;
    for (int i = 0; i < 3; ++i) {
        CHECK(scheduler::next_change(harness.machine.state()) > harness.now);
        harness.advance(Seconds(3600));
        harness.prunes();
        REQUIRE(harness.knows("Root_1"));
    }
    harness.send(rpc::AcknowledgeFailures{.task_id = "A_1"});
    harness.advance(Seconds(3600));
    harness.prunes();
    REQUIRE_FALSE(harness.knows("Root_1"));
    const auto& runs = harness.machine.state().family_stats.families().at("Root").runs;
    REQUIRE(runs.size() == 1);
    CHECK(runs.front().ended == end);
}

TEST_CASE("a worker that tells the end of its run is dropped at once, unless it left a task running",
          "[scheduler][prune]") {
    SchedulerHarness harness;
    const bool is_running = GENERATE(false, true);
    harness.introduces("W");
    harness.registers("W", "A");
    if (is_running) harness.gets("W");
    harness.send(rpc::AddWorker{.worker = "W", .info = {{"run_end", Json::Object{{"exit_code", 0}}}}});
    CHECK((harness.machine.state().workers.find("W") != nullptr) == is_running);
    CHECK(harness.task("A").workers->empty() == !is_running);
    harness.advance(Seconds(61));
    harness.prunes();
    CHECK(harness.machine.state().workers.all().empty());
}

TEST_CASE("a ping prevents a worker timeout", "[scheduler][prune]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.advance(Seconds(59));
    harness.send(rpc::Ping{"W"});
    harness.advance(Seconds(59));
    harness.prunes();
    CHECK(harness.gets("W") == "A");
}

TEST_CASE("a removed worker that comes back is a new one without tasks", "[scheduler][prune]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.advance(Seconds(61));
    harness.prunes();
    CHECK(harness.work("W").pending.n_pending_tasks == 0);
}

TEST_CASE("a task without stakeholders is removed after remove_delay", "[scheduler][prune]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.advance(Seconds(61));
    harness.prunes();
    harness.advance(Seconds(599));
    harness.prunes();
    CHECK(harness.knows("A"));
    harness.advance(Seconds(1));
    harness.prunes();
    CHECK_FALSE(harness.knows("A"));
}

TEST_CASE("a task that is registered again in time is not removed", "[scheduler][prune]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.advance(Seconds(61));
    harness.prunes();
    harness.registers("W2", "A");
    for (int minute = 0; minute < 20; ++minute) {
        harness.advance(Seconds(50));
        harness.send(rpc::Ping{"W2"});
        harness.prunes();
    }
    CHECK(harness.gets("W2") == "A");
}

TEST_CASE("an assistant is no stakeholder, but its running tasks do not fail", "[scheduler][prune]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    CHECK(harness.gets_as_assistant("Help") == "A");
    harness.advance(Seconds(61));
    harness.send(rpc::Ping{"Help"});
    harness.prunes();
    CHECK(harness.status("A") == Status::running);
}

TEST_CASE("a task that a worker runs for others does not fail while the worker is connected", "[scheduler][prune]") {
    SchedulerHarness harness;
    harness.registers("W", "A_1");
    CHECK(harness.gets_serving("Help", {"A"}) == "A_1");
    harness.advance(Seconds(61));
    harness.send(rpc::Ping{"Help"});
    harness.prunes();
    CHECK(harness.status("A_1") == Status::running);
    harness.advance(Seconds(61));
    harness.prunes();
    CHECK(harness.status("A_1") == Status::failed);
}

TEST_CASE("the dependants of a removed task wait for it again", "[scheduler][prune]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "B", .status = Status::done, .runnable = false});
    harness.advance(Seconds(61));
    harness.prunes();
    harness.add({.worker = "W2", .task_id = "A", .deps = {{"B"}}, .assistant = true});
    CHECK(harness.task("A").unfinished == 0);
    harness.advance(Seconds(600));
    harness.send(rpc::Ping{"W2"});
    harness.prunes();
    CHECK_FALSE(harness.knows("B"));
    CHECK(harness.task("A").unfinished == 1);
}

TEST_CASE("the next wake-up is the time at which pruning changes something", "[scheduler][prune]") {
    SchedulerHarness harness;
    CHECK_FALSE(harness.machine.next_wakeup());
    harness.registers("W", "A");
    CHECK(harness.machine.next_wakeup() == harness.now + std::chrono::seconds(60) + Time::duration(1));
    harness.now = *harness.machine.next_wakeup();
    harness.prunes();
    CHECK(harness.machine.next_wakeup() == harness.now + std::chrono::seconds(600));
    harness.now = *harness.machine.next_wakeup();
    harness.prunes();
    CHECK_FALSE(harness.knows("A"));
    CHECK_FALSE(harness.machine.next_wakeup());
}

TEST_CASE("the tasks of dead workers are pending at once, without a counted failure", "[scheduler][prune]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    CHECK(harness.machine.drop_dead_workers([](const Json::Object&) { return true; }, harness.now));
    CHECK(harness.status("A") == Status::pending);
    CHECK(scheduler::details(harness.task("A")).failures.empty());
    harness.registers("W2", "A");
    CHECK(harness.gets("W2") == "A");
}

TEST_CASE("get_work prunes first if so configured", "[scheduler][prune]") {
    scheduler::Config config;
    config.prune_on_get_work = true;
    SchedulerHarness harness(config);
    harness.registers("W", "A");
    harness.gets("W");
    harness.advance(Seconds(61));
    harness.registers("W2", "A");
    harness.gets("W2");
    CHECK(harness.status("A") == Status::failed);
}
