// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/prune.hpp"
#include "conversation.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using scheduler::Seconds;
using wire::Status;

TEST_CASE("the tasks of a silent worker fail and count as failures", "[scheduler][prune]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.pass(Seconds(60));
    talk.prunes();
    CHECK(talk.status("A") == Status::running);
    talk.pass(Seconds(0.001));
    talk.prunes();
    CHECK(talk.status("A") == Status::failed);
    CHECK_FALSE(talk.task("A").runner);
    CHECK(scheduler::details(talk.task("A")).failures.size() == 1);
    CHECK(talk.task("A").workers->empty());
}

TEST_CASE("a ping keeps a worker", "[scheduler][prune]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.pass(Seconds(59));
    talk.say(wire::Ping{"W"});
    talk.pass(Seconds(59));
    talk.prunes();
    CHECK(talk.gets("W") == "A");
}

TEST_CASE("a forgotten worker that speaks again is a new one without tasks", "[scheduler][prune]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.pass(Seconds(61));
    talk.prunes();
    CHECK(talk.work("W").pending.n_pending_tasks == 0);
}

TEST_CASE("a task that nobody cares for is forgotten after remove_delay", "[scheduler][prune]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.pass(Seconds(61));
    talk.prunes();
    talk.pass(Seconds(599));
    talk.prunes();
    CHECK(talk.knows("A"));
    talk.pass(Seconds(1));
    talk.prunes();
    CHECK_FALSE(talk.knows("A"));
}

TEST_CASE("a task that is registered again in time is not forgotten", "[scheduler][prune]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.pass(Seconds(61));
    talk.prunes();
    talk.registers("W2", "A");
    for (int minute = 0; minute < 20; ++minute) {
        talk.pass(Seconds(50));
        talk.say(wire::Ping{"W2"});
        talk.prunes();
    }
    CHECK(talk.gets("W2") == "A");
}

TEST_CASE("an assistant does not keep tasks alive, but its own running ones from failing", "[scheduler][prune]") {
    Conversation talk;
    talk.registers("W", "A");
    CHECK(talk.gets_as_assistant("Help") == "A");
    talk.pass(Seconds(61));
    talk.say(wire::Ping{"Help"});
    talk.prunes();
    CHECK(talk.status("A") == Status::running);
}

TEST_CASE("what a worker runs for others, as one of its families, does not fail while it lives", "[scheduler][prune]") {
    Conversation talk;
    talk.registers("W", "A_1");
    CHECK(talk.gets_serving("Help", {"A"}) == "A_1");
    talk.pass(Seconds(61));
    talk.say(wire::Ping{"Help"});
    talk.prunes();
    CHECK(talk.status("A_1") == Status::running);
    talk.pass(Seconds(61));
    talk.prunes();
    CHECK(talk.status("A_1") == Status::failed);
}

TEST_CASE("what depends on a forgotten task waits for it again", "[scheduler][prune]") {
    Conversation talk;
    talk.add({.worker = "W", .task_id = "B", .status = Status::done, .runnable = false});
    talk.pass(Seconds(61));
    talk.prunes();
    talk.add({.worker = "W2", .task_id = "A", .deps = {{"B"}}, .assistant = true});
    CHECK(talk.task("A").unfinished == 0);
    talk.pass(Seconds(600));
    talk.say(wire::Ping{"W2"});
    talk.prunes();
    CHECK_FALSE(talk.knows("B"));
    CHECK(talk.task("A").unfinished == 1);
}

TEST_CASE("it is known when something changes next, and then something does", "[scheduler][prune]") {
    Conversation talk;
    CHECK_FALSE(talk.state.next_wakeup());
    talk.registers("W", "A");
    CHECK(talk.state.next_wakeup() == talk.now + std::chrono::seconds(60) + Time::duration(1));
    talk.now = *talk.state.next_wakeup();
    talk.prunes();
    CHECK(talk.state.next_wakeup() == talk.now + std::chrono::seconds(600));
    talk.now = *talk.state.next_wakeup();
    talk.prunes();
    CHECK_FALSE(talk.knows("A"));
    CHECK_FALSE(talk.state.next_wakeup());
}

TEST_CASE("tasks of workers that are known to be dead are pending at once and lose no retry", "[scheduler][prune]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.gets("W");
    talk.state.abandon_workers(talk.now);
    CHECK(talk.status("A") == Status::pending);
    CHECK(scheduler::details(talk.task("A")).failures.empty());
    talk.registers("W2", "A");
    CHECK(talk.gets("W2") == "A");
}

TEST_CASE("get_work prunes first where it is told to", "[scheduler][prune]") {
    scheduler::Config config;
    config.prune_on_get_work = true;
    Conversation talk(config);
    talk.registers("W", "A");
    talk.gets("W");
    talk.pass(Seconds(61));
    talk.registers("W2", "A");
    talk.gets("W2");
    CHECK(talk.status("A") == Status::failed);
}
