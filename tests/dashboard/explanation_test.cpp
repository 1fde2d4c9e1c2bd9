// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/explanation.hpp"
#include "dashboard/front_page.hpp"
#include "dashboard/task_page.hpp"
#include "html_reader.hpp"
#include "scheduler/scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using rpc::Status;
using scheduler::Seconds;

namespace {

const std::string elsewhere = "is external (no worker offers to run it) and does not exist yet";
const std::string traceback =
    "Traceback (most recent call last):\n  File \"bad.py\", line 4, in requires\n    raise ValueError('no')\n"
    "ValueError: no\n";

std::string why(const SchedulerHarness& harness, const std::string& task) {
    const auto& state = harness.machine.state();
    return scheduler::explain(state, state.tasks.find(task).value(), harness.now);
}

HtmlReader page_of(const SchedulerHarness& harness) {
    return HtmlReader(front_page(take_snapshot(harness.machine.state(), harness.now), {.version = "1.2.3"}));
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// Registers a missing external task as Luigi does.
void registers_external(SchedulerHarness& harness, const std::string& worker, const std::string& task) {
    harness.add({.worker = worker, .task_id = task, .runnable = false, .family = SchedulerHarness::family(task)});
}

void registers_unplannable(SchedulerHarness& harness, const std::string& worker, const std::string& task) {
    harness.add({.worker = worker,
                 .task_id = task,
                 .status = Status::unknown,
                 .runnable = false,
                 .family = SchedulerHarness::family(task),
                 .params = {{"day", "1"}, {"verbose", "no"}}});
}

void announces_failure(SchedulerHarness& harness, const std::string& worker, const std::string& family,
                       const std::string& day) {
    harness.send(rpc::AnnounceSchedulingFailure{family + "(day=1)", family, {{"day", day}}, traceback, {}, worker});
}

}  // namespace

TEST_CASE("a missing external task and its dependants name the external cause", "[dashboard]") {
    SchedulerHarness harness;
    registers_external(harness, "W", "RawIn_1");
    harness.registers("W", "Load_1", {"RawIn_1"});
    CHECK(why(harness, "RawIn_1") == elsewhere);
    CHECK(why(harness, "Load_1") == "waits for RawIn(), which " + elsewhere);
}

TEST_CASE("a missing external task is a delay, not an alert", "[dashboard]") {
    SchedulerHarness harness;
    for (const char* task : {"RawIn_1", "RawIn_2", "Other_1"}) registers_external(harness, "W", task);
    harness.registers("W", "Load_1", {"RawIn_1"});
    for (const bool is_paused : {false, true}) {
        const HtmlReader page = page_of(harness);
        CHECK(page.section("wrong").empty() != is_paused);
        CHECK(contains(page.section("waiting"), "NOT READY RawIn() " + elsewhere));
        CHECK(contains(page.section("waiting"), "blocks 1 task · 1 more task of this family is waiting, too"));
        CHECK(contains(page.section("waiting"), "NOT READY Other() " + elsewhere));
        CHECK_FALSE(contains(page.section("waiting"), ": each "));
        CHECK(contains(page.section("runs"), "NOT READY Load()"));
        harness.send(rpc::Pause{});
    }
}

TEST_CASE("a task that any worker can run is not external", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    registers_external(harness, "V", "A");
    CHECK(why(harness, "A") == "waits for a free worker");
    harness.send(rpc::DisableWorker{"W"});
    CHECK(why(harness, "A") == "could run, but the workers that offered to run it are gone or drained");
}

TEST_CASE("a released task is not external", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "A");
    const auto given = harness.ask<rpc::Work>(rpc::GetWork{.worker = "H", .assistant = true, .leases = true});
    const auto& lease = std::get<rpc::Assignment>(given.assignment).lease;
    REQUIRE(lease);
    harness.add({.worker = "H", .task_id = "A", .runnable = false, .family = "A", .lease = lease->token});
    REQUIRE(harness.status("A") == Status::pending);
    CHECK(why(harness, "A") == "waits for a free worker");
}

TEST_CASE("an external task of a family that a worker serves waits for that worker", "[dashboard]") {
    SchedulerHarness harness;
    harness.gets_serving("S", {"RawIn"});
    registers_external(harness, "W", "RawIn_1");
    CHECK(why(harness, "RawIn_1") == "waits for a free worker");
    CHECK(harness.gets_serving("S", {"RawIn"}) == "RawIn_1");
}

TEST_CASE("a scheduling failure is explained until the task is registered again", "[dashboard]") {
    SchedulerHarness harness;
    announces_failure(harness, "W", "Bad", "1");
    registers_unplannable(harness, "W", "Bad_1");
    harness.registers("W", "Load_1", {"Bad_1"});
    CHECK(why(harness, "Bad_1") == "could not be planned by W: ValueError: no");
    CHECK(why(harness, "Load_1") ==
          "waits for Bad(day=1, verbose=no), which could not be planned by W: ValueError: no");
    harness.registers("V", "Bad_1");
    CHECK(why(harness, "Bad_1") == "waits for a free worker");
    CHECK_FALSE(details(harness.task("Bad_1")).scheduling_failure);
}

TEST_CASE("a scheduling failure of a root is an alert, with the traceback on its page", "[dashboard]") {
    SchedulerHarness harness;
    announces_failure(harness, "W", "Bad", "1");
    registers_unplannable(harness, "W", "Bad_1");
    const HtmlReader page = page_of(harness);
    CHECK(page.inside("h1") == "1 problem needs attention");
    CHECK(contains(page.section("wrong"), "UNKNOWN Bad(day=1, verbose=no) could not be planned by W: ValueError: no"));
    const HtmlReader task(task_page({.id = "Bad_1",
                                     .now = harness.now,
                                     .known = take_task_snapshot(harness.machine.state(), "Bad_1", harness.now),
                                     .version = "1"}));
    CHECK(contains(task.inside("pre"), "line 4, in requires"));
}

TEST_CASE("a scheduling failure applies only to its worker, family and parameters", "[dashboard]") {
    SchedulerHarness harness;
    announces_failure(harness, "V", "Bad", "1");
    announces_failure(harness, "W", "Worse", "1");
    announces_failure(harness, "W", "Bad", "2");
    registers_unplannable(harness, "W", "Bad_1");
    CHECK(why(harness, "Bad_1") == "could not be planned by W, which gave no reason");
}

TEST_CASE("scheduling failures of tasks that are never registered do not accumulate", "[dashboard]") {
    SchedulerHarness harness;
    for (int i = 0; i < 1000; ++i) announces_failure(harness, "W", "Bad", std::to_string(i));
    CHECK(harness.machine.state().announced_failures.size() <= 100);
}

TEST_CASE("an undescribed dependency is no alert", "[dashboard]") {
    SchedulerHarness harness;
    harness.registers("W", "Load_1", {"Part_1"});
    CHECK(page_of(harness).section("wrong").empty());
    CHECK(why(harness, "Part_1") == "is required by other tasks, but no worker has registered it yet");
}
