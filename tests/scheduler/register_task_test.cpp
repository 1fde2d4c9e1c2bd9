// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using rpc::Status;

TEST_CASE("an unregistered dependency is a placeholder of the same priority", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A", .deps = {{"B"}}, .priority = 7, .family = "A"});
    CHECK(harness.status("B") == Status::unknown);
    CHECK(harness.task("B").priority == 7);
    CHECK(harness.task("B").family->empty());
}

TEST_CASE("a placeholder becomes the task when it is registered, keeping its place in the order",
          "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A", {"B", "C"});
    harness.registers("W", "C");
    harness.registers("W", "B");
    CHECK(harness.gets("W") == "B");
    CHECK(harness.gets("W") == "C");
}

TEST_CASE("an assistant's report makes neither placeholders nor stakeholders", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A", .deps = {{"B"}}, .assistant = true});
    CHECK_FALSE(harness.knows("B"));
    CHECK(harness.task("A").stakeholders->empty());
}

TEST_CASE("PENDING is ignored within the cooldown after DONE, and applied after it", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.reports("W", "A", Status::done);
    harness.advance(scheduler::Seconds(9.9));
    harness.registers("W2", "A");
    CHECK(harness.status("A") == Status::done);
    CHECK(harness.task("A").workers->size() == 1);
    harness.advance(scheduler::Seconds(0.1));
    harness.registers("W2", "A");
    CHECK(harness.status("A") == Status::pending);
}

TEST_CASE("a registration within the cooldown is answered with the end of the cooldown", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.reports("W", "A", Status::done);
    const Time done = harness.now;
    harness.advance(scheduler::Seconds(3));
    rpc::RegisterTasks request;
    request.tasks = {{.worker = "W2", .task_id = "A", .status = Status::pending}};
    const auto told = harness.ask<rpc::TasksAdded>(request).answers.at(0);
    CHECK(told.status == Status::done);
    CHECK(told.retry == done + std::chrono::seconds(10));
}

TEST_CASE("parameters never change once registered", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A", .family = "A", .params = {{"x", "1"}}});
    harness.add({.worker = "W", .task_id = "A", .family = "Z", .params = {{"x", "2"}}});
    CHECK(harness.task("A").params == rpc::Parameters{{"x", "1"}});
    CHECK(*harness.task("A").family == "A");
}

TEST_CASE("a task's name has the parameters that its worker names, in that order, without hidden ones",
          "[scheduler][add_task]") {
    SchedulerHarness harness;
    const rpc::Parameters params{{"lead", "3"}, {"cycle", "06"}, {"revision", "1"}, {"key", "x"}};
    harness.add({.worker = "W", .task_id = "A", .family = "A", .params = params});
    CHECK(display_name(harness.task("A")) == "A(cycle=06, key=x, lead=3, revision=1)");
    harness.add({.worker = "W",
                 .task_id = "B",
                 .family = "B",
                 .params = params,
                 .param_visibilities = {{"key", 1}},
                 .name_params = std::vector<std::string>{"lead", "key", "cycle", "unknown"}});
    CHECK(display_name(harness.task("B")) == "B(lead=3, cycle=06)");
    CHECK(full_name(harness.task("B")) == "B(cycle=06, lead=3, revision=1)");
    harness.add(
        {.worker = "W", .task_id = "C", .family = "C", .params = params, .name_params = std::vector<std::string>{}});
    CHECK(display_name(harness.task("C")) == "C()");
}

TEST_CASE("a running task is not changed by another worker's registration", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.registers("W2", "A");
    CHECK(harness.status("A") == Status::running);
    harness.reports("W2", "A", Status::done);
    CHECK(harness.status("A") == Status::running);
    harness.reports("W", "A", Status::done);
    CHECK(harness.status("A") == Status::done);
}

TEST_CASE("new dependencies make a running task pending", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.registers("W", "B");
    auto yield = SchedulerHarness::report("W", "A", Status::pending);
    yield.new_deps = {{"B"}};
    harness.add(yield);
    CHECK(harness.gets("W") == "B");
    CHECK(harness.gets("W").empty());
    harness.reports("W", "B", Status::done);
    CHECK(harness.gets("W") == "A");
}

TEST_CASE("new dependencies reported by a worker that lost the task do not stop its current worker",
          "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.registers("W2", "A");
    harness.gets("W2");
    harness.registers("W", "B");
    auto yield = SchedulerHarness::report("W", "A", Status::pending);
    yield.new_deps = {{"B"}};
    harness.add(yield);
    CHECK(harness.status("A") == Status::running);
}

TEST_CASE("registering dependencies again replaces the old ones", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A", {"B"});
    harness.registers("W", "A", {});
    CHECK(harness.gets("W") == "A");
}

TEST_CASE("suspended tasks are pending ones", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A", .status = Status::suspended});
    CHECK(harness.status("A") == Status::pending);
}

TEST_CASE("resources and a retry policy stay unless a report gives others", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.add({.worker = "W",
                 .task_id = "A",
                 .resources = {{{"db", 2}}},
                 .retry_policy_dict = rpc::RetryPolicy{.retry_count = 7}});
    for (const Status status : {Status::pending, Status::running, Status::failed}) {
        harness.add({.worker = "W", .task_id = "A", .status = status});
        CHECK(*harness.task("A").resources == rpc::Resources{{"db", 2}});
        CHECK(harness.task("A").policy->retry_count == 7);
    }
    harness.add(
        {.worker = "W", .task_id = "A", .resources = rpc::Resources{}, .retry_policy_dict = rpc::RetryPolicy{}});
    CHECK(harness.task("A").resources->empty());
    CHECK_FALSE(harness.task("A").policy->retry_count);
}

TEST_CASE("a tracking URL leaves a task's resource limit as it is", "[scheduler][add_task]") {
    SchedulerHarness harness({.retry_delay = scheduler::Seconds(1), .resources = {{"db", 1}}});
    for (const char* task : {"A", "B"}) harness.add({.worker = "W", .task_id = task, .resources = {{{"db", 1}}}});
    CHECK(harness.gets("W") == "A");
    harness.add({.worker = "W", .task_id = "A", .status = Status::running, .tracking_url = "http://x/"});
    harness.add({.worker = "W", .task_id = "A", .status = Status::failed});
    harness.advance(scheduler::Seconds(2));
    harness.prunes();
    CHECK_FALSE(harness.gets("W").empty());
    CHECK(harness.gets("W").empty());
}

TEST_CASE("priority is raised in all dependencies and never lowered", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "C");
    harness.registers("W", "B", {"C"});
    harness.add({.worker = "W", .task_id = "A", .deps = {{"B"}}, .priority = 5});
    CHECK(harness.task("C").priority == 5);
    harness.add({.worker = "W", .task_id = "B", .priority = 3});
    CHECK(harness.task("B").priority == 5);
}

TEST_CASE("priority reaches the end of a chain of 20,000", "[scheduler][add_task]") {
    SchedulerHarness harness;
    constexpr int length = 20'000;
    for (int i = 0; i < length; ++i)
        harness.registers("W", "T_" + std::to_string(i),
                          i == 0 ? std::vector<std::string>{} : std::vector{"T_" + std::to_string(i - 1)});
    harness.add({.worker = "W", .task_id = "Root", .deps = {{"T_" + std::to_string(length - 1)}}, .priority = 9});
    CHECK(harness.task("T_0").priority == 9);
}

TEST_CASE("a task that is not runnable has no workers", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "Ext", .runnable = false});
    CHECK(harness.task("Ext").workers->empty());
    CHECK(harness.gets("W").empty());
}

TEST_CASE("naming a task as a dependency does not change its resources or retry policy", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.add({.worker = "W",
                 .task_id = "A",
                 .resources = {{{"db", 1}}},
                 .accepts_messages = true,
                 .retry_policy_dict = rpc::RetryPolicy{.retry_count = 7}});
    harness.add(
        {.worker = "V", .task_id = "A", .runnable = false, .retry_policy_dict = rpc::RetryPolicy{.retry_count = 1}});
    CHECK(*harness.task("A").resources == rpc::Resources{{"db", 1}});
    CHECK(harness.task("A").policy->retry_count == 7);
    CHECK(harness.task("A").accepts_messages);
    harness.add({.worker = "V", .task_id = "A", .resources = {{{"net", 1}}}});
    CHECK(*harness.task("A").resources == rpc::Resources{{"net", 1}});
}

TEST_CASE("a disabled worker's new tasks are not created, but its running one may end", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.send(rpc::DisableWorker{"W"});
    harness.registers("W", "B");
    CHECK_FALSE(harness.knows("B"));
    harness.reports("W", "A", Status::done);
    CHECK(harness.status("A") == Status::done);
    CHECK_FALSE(harness.work("W").pending.active);
}

TEST_CASE("a tracking URL is kept while the task runs and cleared by its end", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.add({.worker = "W", .task_id = "A", .status = Status::running, .tracking_url = "http://x"});
    harness.add({.worker = "W", .task_id = "A", .status = Status::running});
    CHECK(scheduler::details(harness.task("A")).tracking_url == "http://x");
    harness.reports("W", "A", Status::done);
    harness.reports("W", "A", Status::done);
    CHECK_FALSE(scheduler::details(harness.task("A")).tracking_url);
}

TEST_CASE("RUNNING without a retry policy keeps that of the task", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A", .retry_policy_dict = rpc::RetryPolicy{.retry_count = 1}});
    harness.gets("W");
    harness.add({.worker = "W", .task_id = "A", .status = Status::running, .tracking_url = "http://x"});
    auto failed = SchedulerHarness::report("W", "A", Status::failed);
    failed.retry_policy_dict = rpc::RetryPolicy{.retry_count = 1};
    harness.add(failed);
    CHECK(harness.status("A") == Status::disabled);
}

TEST_CASE("a worker that reports RUNNING becomes the task's worker", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.reports("W", "A", Status::done);
    harness.advance(scheduler::Seconds(20));
    harness.registers("W2", "A");
    harness.add({.worker = "W2", .task_id = "A", .status = Status::running});
    harness.reports("W2", "A", Status::done);
    CHECK(harness.status("A") == Status::done);
    CHECK(*harness.task("A").worker_running == "W2");
}

TEST_CASE("the explanation of a result is kept for fetch_error", "[scheduler][add_task]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    auto failed = SchedulerHarness::report("W", "A", Status::failed);
    failed.expl = "\"no\"";
    harness.add(failed);
    CHECK(harness.ask<Json>(rpc::FetchError{"A"}).at("error").as_string() == "\"no\"");
    CHECK(harness.ask<Json>(rpc::FetchError{"Z"}).text() == R"({"taskId":"Z","error":""})");
}
