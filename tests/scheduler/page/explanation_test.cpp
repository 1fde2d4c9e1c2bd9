// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/explanation.hpp"
#include "html_reader.hpp"
#include "scheduler/conversation.hpp"
#include "scheduler/page/front_page.hpp"
#include "scheduler/page/task_page.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::scheduler::page;
using scheduler::Seconds;
using wire::Status;

namespace {

const std::string elsewhere = "is made elsewhere (no worker offers to run it) and is not there yet";
const std::string traceback =
    "Traceback (most recent call last):\n  File \"bad.py\", line 4, in requires\n    raise ValueError('no')\n"
    "ValueError: no\n";

std::string why(const Conversation& talk, const std::string& task) {
    const auto& board = talk.state.board();
    return scheduler::explain(board, board.tasks.find(task).value(), talk.now);
}

HtmlReader page_of(const Conversation& talk) {
    return HtmlReader(front_page(take_snapshot(talk.state.board(), talk.now), {.version = "1.2.3"}));
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

/// As Luigi registers an external task whose output is missing.
void tells_of(Conversation& talk, const std::string& worker, const std::string& task) {
    talk.add({.worker = worker, .task_id = task, .runnable = false, .family = Conversation::family(task)});
}

void cannot_plan(Conversation& talk, const std::string& worker, const std::string& task) {
    talk.add({.worker = worker,
              .task_id = task,
              .status = Status::unknown,
              .runnable = false,
              .family = Conversation::family(task),
              .params = {{"day", "1"}, {"verbose", "no"}}});
}

void announces(Conversation& talk, const std::string& worker, const std::string& family, const std::string& day) {
    talk.say(wire::AnnounceSchedulingFailure{family + "(day=1)", family, {{"day", day}}, traceback, {}, worker});
}

}  // namespace

TEST_CASE("an external task that is not there is made elsewhere, and so say those that wait for it", "[page]") {
    Conversation talk;
    tells_of(talk, "W", "RawIn_1");
    talk.registers("W", "Load_1", {"RawIn_1"});
    CHECK(why(talk, "RawIn_1") == elsewhere);
    CHECK(why(talk, "Load_1") == "waits for RawIn(), which " + elsewhere);
}

TEST_CASE("an external task that is not there is waited for, and needs nobody", "[page]") {
    Conversation talk;
    for (const char* task : {"RawIn_1", "RawIn_2", "Other_1"}) tells_of(talk, "W", task);
    talk.registers("W", "Load_1", {"RawIn_1"});
    for (const bool is_paused : {false, true}) {
        const HtmlReader page = page_of(talk);
        CHECK(page.section("wrong").empty() != is_paused);
        CHECK(contains(page.section("waiting"), "NOT YET RawIn() " + elsewhere));
        CHECK(contains(page.section("waiting"), "1 task waits for it · 1 more of its family wait like it"));
        CHECK(contains(page.section("waiting"), "NOT YET Other() " + elsewhere));
        CHECK_FALSE(contains(page.section("waiting"), "READY"));
        CHECK(contains(page.section("runs"), "NOT YET Load()"));
        talk.say(wire::Pause{});
    }
}

TEST_CASE("a task that some worker offered to run is not made elsewhere when others cannot run it", "[page]") {
    Conversation talk;
    talk.registers("W", "A");
    tells_of(talk, "V", "A");
    CHECK(why(talk, "A") == "waits for a free worker");
    talk.say(wire::DisableWorker{"W"});
    CHECK(why(talk, "A") == "could run, but the workers that offered to run it are gone");
}

TEST_CASE("a task that its worker gave back is not made elsewhere", "[page]") {
    Conversation talk;
    talk.registers("W", "A");
    const auto given = talk.ask<wire::Work>(wire::GetWork{.worker = "H", .assistant = true, .leases = true});
    const auto& lease = std::get<wire::Assignment>(given.assignment).lease;
    REQUIRE(lease);
    talk.add({.worker = "H", .task_id = "A", .runnable = false, .family = "A", .lease = lease->token});
    REQUIRE(talk.status("A") == Status::pending);
    CHECK(why(talk, "A") == "waits for a free worker");
}

TEST_CASE("an external task of a family that a worker serves waits for that worker", "[page]") {
    Conversation talk;
    talk.gets_serving("S", {"RawIn"});
    tells_of(talk, "W", "RawIn_1");
    CHECK(why(talk, "RawIn_1") == "waits for a free worker");
    CHECK(talk.gets_serving("S", {"RawIn"}) == "RawIn_1");
}

TEST_CASE("a task that could not be planned says why, until it is registered anew", "[page]") {
    Conversation talk;
    announces(talk, "W", "Bad", "1");
    cannot_plan(talk, "W", "Bad_1");
    talk.registers("W", "Load_1", {"Bad_1"});
    CHECK(why(talk, "Bad_1") == "could not be planned by W: ValueError: no");
    CHECK(why(talk, "Load_1") == "waits for Bad(day=1, verbose=no), which could not be planned by W: ValueError: no");
    talk.registers("V", "Bad_1");
    CHECK(why(talk, "Bad_1") == "waits for a free worker");
    CHECK_FALSE(details(talk.task("Bad_1")).unplanned);
}

TEST_CASE("a root that could not be planned is a problem, and its page shows the whole traceback", "[page]") {
    Conversation talk;
    announces(talk, "W", "Bad", "1");
    cannot_plan(talk, "W", "Bad_1");
    const HtmlReader page = page_of(talk);
    CHECK(page.inside("h1") == "1 problem needs you");
    CHECK(contains(page.section("wrong"), "UNKNOWN Bad(day=1, verbose=no) could not be planned by W: ValueError: no"));
    const HtmlReader task(task_page(
        {.id = "Bad_1", .now = talk.now, .known = take_task(talk.state.board(), "Bad_1", talk.now), .version = "1"}));
    CHECK(contains(task.inside("pre"), "line 4, in requires"));
}

TEST_CASE("an announcement is of the task of its worker, family and parameters only", "[page]") {
    Conversation talk;
    announces(talk, "V", "Bad", "1");
    announces(talk, "W", "Worse", "1");
    announces(talk, "W", "Bad", "2");
    cannot_plan(talk, "W", "Bad_1");
    CHECK(why(talk, "Bad_1") == "was left unplanned by W, which gave no reason");
}

TEST_CASE("announcements of tasks that are never registered do not pile up", "[page]") {
    Conversation talk;
    for (int i = 0; i < 1000; ++i) announces(talk, "W", "Bad", std::to_string(i));
    CHECK(talk.state.board().announced.size() <= 100);
}

TEST_CASE("a dependency that nobody has described is no problem", "[page]") {
    Conversation talk;
    talk.registers("W", "Load_1", {"Part_1"});
    CHECK(page_of(talk).section("wrong").empty());
    CHECK(why(talk, "Part_1") == "is required by others, but nobody has described it yet");
}
