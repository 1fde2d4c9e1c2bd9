// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/task_actions.hpp"
#include "api/rpc_routes.hpp"
#include "dashboard/task_page.hpp"
#include "html_reader.hpp"
#include "rpc/codec.hpp"
#include "scheduler/scheduler_harness.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using rpc::Status;
using scheduler::Seconds;

namespace {

std::string page_of(const SchedulerHarness& harness, const std::string& id, bool may_operate = true) {
    return task_page({.id = id,
                      .now = harness.now,
                      .known = take_task_snapshot(harness.machine.state(), id, harness.now),
                      .may_operate = may_operate});
}

std::set<std::string> actions_of(const SchedulerHarness& harness, const std::string& id) {
    const auto names = HtmlReader(page_of(harness, id)).each("summary");
    return {names.begin(), names.end()};
}

/// The arguments with what the operator writes into the form.
Json with_text(Json arguments) {
    arguments["content"] = "hello";
    return arguments;
}

/// The methods and arguments that the forms of a page send.
std::vector<std::pair<std::string, Json>> calls_of(const std::string& page) {
    std::vector<std::pair<std::string, Json>> calls;
    const std::string action = "action=\"../api/", value = "value=\"{";
    for (auto at = page.find(action); at != page.npos; at = page.find(action, at + 1)) {
        const auto name = at + action.size();
        const auto data = page.find(value, at) + value.size() - 1;
        calls.emplace_back(page.substr(name, page.find('"', name) - name),
                           Json::parse(unescaped(page.substr(data, page.find('"', data) - data))));
    }
    return calls;
}

}  // namespace

TEST_CASE("a retry that no worker can take up says so, and names the commands that do", "[dashboard][actions]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.fails("W", "A", FailureClass::permanent);
    const auto page = [&] {
        return HtmlReader(task_page({.id = "A",
                                     .now = harness.now,
                                     .known = take_task_snapshot(harness.machine.state(), "A", harness.now),
                                     .run = store::RunRow{.run_id = "r",
                                                          .program = "gfs",
                                                          .command = "gfs run A --scheduler http://s:1 --x 2",
                                                          .host = "h"},
                                     .may_operate = true}))
            .text();
    };
    CHECK(page().find("the next free worker that can run it takes it") != std::string::npos);
    CHECK(page().find("Can be run by W") != std::string::npos);
    harness.advance(Seconds(40));
    CHECK(page().find("no connected worker can run it: start gfs run A --scheduler http://s:1 --x 2 or "
                      "gfs work --scheduler http://s:1") != std::string::npos);
    CHECK(page().find("the next free worker that can run it takes it") == std::string::npos);
    CHECK(page().find("Can be run by") == std::string::npos);
}

TEST_CASE("a task has the actions of its state", "[dashboard][actions]") {
    SchedulerHarness harness;
    harness.introduces("W");
    harness.registers("W", "A");
    CHECK(actions_of(harness, "A") == std::set<std::string>{"Set the priority"});
    harness.gets("W");
    CHECK(actions_of(harness, "A") == std::set<std::string>{"Cancel the attempt", "Mark as done"});
    harness.reports("W", "A", Status::failed);
    CHECK(actions_of(harness, "A") == std::set<std::string>{"Retry now", "Mark as done", "Acknowledge"});
    harness.send(rpc::MarkAsDone{"A"});
    CHECK(actions_of(harness, "A") == std::set<std::string>{"Run again"});
    harness.send(rpc::DisableWorker{"W"});
    CHECK(actions_of(harness, "A").empty());
    CHECK(page_of(harness, "A").find("run TASK --rerun A") != std::string::npos);
}

TEST_CASE("a viewer who may not change tasks sees no action", "[dashboard][actions]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    CHECK(HtmlReader(page_of(harness, "A", false)).elements().count("form") == 0);
}

TEST_CASE("of a task that its failures disabled, a page that only shows names the command that retries it once",
          "[dashboard][actions]") {
    SchedulerHarness harness({.retry_count = 1});
    harness.registers("W", "A");
    harness.gets("W");
    harness.reports("W", "A", Status::failed);
    REQUIRE(harness.status("A") == Status::disabled);
    const auto snapshot = take_task_snapshot(harness.machine.state(), "A", harness.now);
    REQUIRE(snapshot);
    const std::string commands(task_commands_section(*snapshot, "", "--state s").text());
    const auto first = commands.find("freshet retry A --state s");
    REQUIRE(first != std::string::npos);
    CHECK(commands.find("freshet retry", first + 1) == std::string::npos);
}

TEST_CASE("pages that only show name the commands that change a task", "[dashboard][actions]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    harness.gets("W");
    harness.reports("W", "A", Status::failed);
    TaskPageData data{.id = "A",
                      .now = harness.now,
                      .known = take_task_snapshot(harness.machine.state(), "A", harness.now),
                      .commands = "--state /data/state.sqlite"};
    CHECK_THAT(HtmlReader(task_page(data)).section("actions"),
               Catch::Contains("freshet retry A --state /data/state.sqlite") &&
                   Catch::Contains("freshet done A --state") && Catch::Contains("freshet acknowledge A --state"));
    data.commands.clear();
    CHECK(HtmlReader(task_page(data)).section("actions").empty());
}

TEST_CASE("a task is run again by the command line of its run, where no worker can be asked", "[dashboard][actions]") {
    SchedulerHarness harness;
    harness.add({.worker = "W", .task_id = "A", .status = Status::done, .family = "A"});
    const TaskPageData data{
        .id = "A",
        .now = harness.now,
        .known = take_task_snapshot(harness.machine.state(), "A", harness.now),
        .run = store::RunRow{.run_id = "R", .program = "gfs", .command = "gfs run IngestCycle --cycle 06", .host = "h"},
        .may_operate = true};
    CHECK_THAT(HtmlReader(task_page(data)).section("actions"),
               Catch::Contains("gfs run IngestCycle --cycle 06 --rerun A"));
}

TEST_CASE("each action is a request of the scheduler for operators that names the task", "[dashboard][actions]") {
    scheduler::Config config;
    config.send_messages = true;
    config.retry_count = 2;
    const std::string id = "A\"<\u202E";  // of which HTML shows the last character as another one
    SchedulerHarness harness(config);
    harness.introduces("W");
    harness.add({.worker = "W", .task_id = id, .family = "A", .accepts_messages = true});
    std::set<std::string> methods;
    const auto check = [&] {
        for (const auto& [method, arguments] : calls_of(page_of(harness, id))) {
            INFO(method << ' ' << arguments.text());
            CHECK(api::permissions_of(method).roles == api::Role::operate);
            const Json* task = arguments.find("task_id");
            CHECK((task ? *task : arguments.at("task")) == id);
            CHECK_NOTHROW(rpc::decode(method, method == "send_scheduler_message" ? with_text(arguments) : arguments));
            methods.insert(method);
        }
    };
    check();
    harness.gets("W");
    check();
    harness.reports("W", id, Status::failed);
    check();
    harness.send(rpc::ForgiveFailures{id});
    harness.gets("W");
    harness.reports("W", id, Status::failed);
    CHECK(harness.status(id) == Status::disabled);
    check();
    harness.send(rpc::MarkAsDone{id});
    check();
    CHECK(methods == std::set<std::string>{"acknowledge_failures", "cancel_task", "retry_tasks", "mark_as_done",
                                           "re_enable_task", "rerun_task", "send_scheduler_message",
                                           "set_task_priority"});
}
