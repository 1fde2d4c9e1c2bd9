// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using wire::Status;

TEST_CASE("a dependency nobody has described is a placeholder of the same priority", "[scheduler][add_task]") {
    Conversation talk;
    talk.add({.worker = "W", .task_id = "A", .deps = {{"B"}}, .priority = 7, .family = "A"});
    CHECK(talk.status("B") == Status::unknown);
    CHECK(talk.task("B").priority == 7);
    CHECK(talk.task("B").family->empty());
}

TEST_CASE("a placeholder becomes the task when it is described, at its place in the order", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A", {"B", "C"});
    talk.registers("W", "C");
    talk.registers("W", "B");
    CHECK(talk.gets("W") == "B");
    CHECK(talk.gets("W") == "C");
}

TEST_CASE("an assistant's report makes neither placeholders nor stakeholders", "[scheduler][add_task]") {
    Conversation talk;
    talk.add({.worker = "W", .task_id = "A", .deps = {{"B"}}, .assistant = true});
    CHECK_FALSE(talk.knows("B"));
    CHECK(talk.task("A").stakeholders->empty());
}

TEST_CASE("PENDING is not believed within the cooldown after DONE, and is after it", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.reports("W", "A", Status::done);
    talk.pass(scheduler::Seconds(9.9));
    talk.registers("W2", "A");
    CHECK(talk.status("A") == Status::done);
    CHECK(talk.task("A").workers->size() == 1);
    talk.pass(scheduler::Seconds(0.1));
    talk.registers("W2", "A");
    CHECK(talk.status("A") == Status::pending);
}

TEST_CASE("who registers within the cooldown is told when it will be believed", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.reports("W", "A", Status::done);
    const Time done = talk.now;
    talk.pass(scheduler::Seconds(3));
    wire::RegisterTasks request;
    request.tasks = {{.worker = "W2", .task_id = "A", .status = Status::pending}};
    const auto told = talk.ask<wire::TasksAdded>(request).answers.at(0);
    CHECK(told.status == Status::done);
    CHECK(told.retry == done + std::chrono::seconds(10));
}

TEST_CASE("parameters never change after they were given", "[scheduler][add_task]") {
    Conversation talk;
    talk.add({.worker = "W", .task_id = "A", .family = "A", .params = {{"x", "1"}}});
    talk.add({.worker = "W", .task_id = "A", .family = "Z", .params = {{"x", "2"}}});
    CHECK(talk.task("A").params == wire::Parameters{{"x", "1"}});
    CHECK(*talk.task("A").family == "A");
}

TEST_CASE("a running task is not rescheduled by another worker's registration", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.registers("W2", "A");
    CHECK(talk.status("A") == Status::running);
    talk.reports("W2", "A", Status::done);
    CHECK(talk.status("A") == Status::running);
    talk.reports("W", "A", Status::done);
    CHECK(talk.status("A") == Status::done);
}

TEST_CASE("new dependencies send a running task back to wait for them", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.registers("W", "B");
    auto yield = Conversation::report("W", "A", Status::pending);
    yield.new_deps = {{"B"}};
    talk.add(yield);
    CHECK(talk.gets("W") == "B");
    CHECK(talk.gets("W").empty());
    talk.reports("W", "B", Status::done);
    CHECK(talk.gets("W") == "A");
}

TEST_CASE("new dependencies named by a worker that lost the task leave it to the one that runs it",
          "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.registers("W2", "A");
    talk.gets("W2");
    talk.registers("W", "B");
    auto yield = Conversation::report("W", "A", Status::pending);
    yield.new_deps = {{"B"}};
    talk.add(yield);
    CHECK(talk.status("A") == Status::running);
}

TEST_CASE("dependencies given again replace the old ones", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A", {"B"});
    talk.registers("W", "A", {});
    CHECK(talk.gets("W") == "A");
}

TEST_CASE("suspended tasks are pending ones", "[scheduler][add_task]") {
    Conversation talk;
    talk.add({.worker = "W", .task_id = "A", .status = Status::suspended});
    CHECK(talk.status("A") == Status::pending);
}

TEST_CASE("resources are overwritten by every report", "[scheduler][add_task]") {
    Conversation talk;
    talk.add({.worker = "W", .task_id = "A", .resources = {{"db", 2}}});
    talk.registers("W", "A");
    CHECK(talk.task("A").resources->empty());
}

TEST_CASE("priority is raised in all dependencies and never lowered", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "C");
    talk.registers("W", "B", {"C"});
    talk.add({.worker = "W", .task_id = "A", .deps = {{"B"}}, .priority = 5});
    CHECK(talk.task("C").priority == 5);
    talk.add({.worker = "W", .task_id = "B", .priority = 3});
    CHECK(talk.task("B").priority == 5);
}

TEST_CASE("priority reaches the end of a chain of 20,000", "[scheduler][add_task]") {
    Conversation talk;
    constexpr int length = 20'000;
    for (int i = 0; i < length; ++i)
        talk.registers("W", "T_" + std::to_string(i),
                       i == 0 ? std::vector<std::string>{} : std::vector{"T_" + std::to_string(i - 1)});
    talk.add({.worker = "W", .task_id = "Root", .deps = {{"T_" + std::to_string(length - 1)}}, .priority = 9});
    CHECK(talk.task("T_0").priority == 9);
}

TEST_CASE("a task that cannot run is nobody's", "[scheduler][add_task]") {
    Conversation talk;
    talk.add({.worker = "W", .task_id = "Ext", .runnable = false});
    CHECK(talk.task("Ext").workers->empty());
    CHECK(talk.gets("W").empty());
}

TEST_CASE("whoever only names a task changes nothing about how it is run", "[scheduler][add_task]") {
    Conversation talk;
    talk.add({.worker = "W",
              .task_id = "A",
              .resources = {{"db", 1}},
              .accepts_messages = true,
              .retry_policy_dict = wire::RetryPolicy{.retry_count = 7}});
    talk.add({.worker = "V", .task_id = "A", .runnable = false, .retry_policy_dict = wire::RetryPolicy{.retry_count = 1}});
    CHECK(*talk.task("A").resources == wire::Resources{{"db", 1}});
    CHECK(talk.task("A").policy->retry_count == 7);
    CHECK(talk.task("A").accepts_messages);
    talk.add({.worker = "V", .task_id = "A", .resources = {{"net", 1}}});
    CHECK(*talk.task("A").resources == wire::Resources{{"net", 1}});
}

TEST_CASE("a disabled worker's new tasks are not created, but its running one may end", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.say(wire::DisableWorker{"W"});
    talk.registers("W", "B");
    CHECK_FALSE(talk.knows("B"));
    talk.reports("W", "A", Status::done);
    CHECK(talk.status("A") == Status::done);
    CHECK_FALSE(talk.work("W").pending.active);
}

TEST_CASE("a tracking URL is kept while the task runs and cleared by its end", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.add({.worker = "W", .task_id = "A", .status = Status::running, .tracking_url = "http://x"});
    talk.add({.worker = "W", .task_id = "A", .status = Status::running});
    CHECK(scheduler::details(talk.task("A")).tracking_url == "http://x");
    talk.reports("W", "A", Status::done);
    talk.reports("W", "A", Status::done);
    CHECK_FALSE(scheduler::details(talk.task("A")).tracking_url);
}

TEST_CASE("RUNNING without a retry policy leaves the task's own in force", "[scheduler][add_task]") {
    Conversation talk;
    talk.add({.worker = "W", .task_id = "A", .retry_policy_dict = wire::RetryPolicy{.retry_count = 1}});
    talk.gets("W");
    talk.add({.worker = "W", .task_id = "A", .status = Status::running, .tracking_url = "http://x"});
    auto failed = Conversation::report("W", "A", Status::failed);
    failed.retry_policy_dict = wire::RetryPolicy{.retry_count = 1};
    talk.add(failed);
    CHECK(talk.status("A") == Status::disabled);
}

TEST_CASE("a worker that says it runs a task becomes its runner", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.reports("W", "A", Status::done);
    talk.pass(scheduler::Seconds(20));
    talk.registers("W2", "A");
    talk.add({.worker = "W2", .task_id = "A", .status = Status::running});
    talk.reports("W2", "A", Status::done);
    CHECK(talk.status("A") == Status::done);
    CHECK(*talk.task("A").runner == "W2");
}

TEST_CASE("a result says why: it is kept for those who ask", "[scheduler][add_task]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    auto failed = Conversation::report("W", "A", Status::failed);
    failed.expl = "\"no\"";
    talk.add(failed);
    CHECK(talk.ask<Json>(wire::FetchError{"A"}).at("error").as_string() == "\"no\"");
    CHECK(talk.ask<Json>(wire::FetchError{"Z"}).text() == R"({"taskId":"Z","error":""})");
}
