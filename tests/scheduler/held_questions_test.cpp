// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/held_questions.hpp"
#include "conversation.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::scheduler;
using namespace freshet::test;
using namespace std::chrono_literals;
using wire::Status;

namespace {

/// Workers that asked a scheduler in vain, and wait.
struct Waiting {
    Conversation talk;
    HeldQuestions held;
    std::vector<std::string> replaced;  ///< who waits no more for a question, because another one of theirs came
    bool is_wanted = true;

    void waits(const std::string& worker, std::vector<std::string> families = {}) {
        wire::GetWork question{.worker = worker, .families = std::move(families), .wait = 20};
        wire::Response in_vain = talk.ask<wire::Work>(question);
        const auto earlier = held.hold({.question = std::move(question),
                                        .answered = [](auto) {},
                                        .is_wanted = [this] { return is_wanted; },
                                        .until = talk.now + 20s,
                                        .in_vain = std::move(in_vain)});
        if (earlier) replaced.push_back(earlier->question.worker);
    }
    /// The workers that are to ask again, in order.
    std::string taken() {
        std::string workers;
        for (const auto& question : held.take(talk.state, talk.now))
            workers += (workers.empty() ? "" : " ") + question.question.worker;
        return workers;
    }
};

}  // namespace

TEST_CASE("who waits longest is asked first, and no more of them than tasks are ready", "[scheduler][held]") {
    Waiting waiting;
    for (const char* worker : {"H1", "H2", "H3"}) waiting.waits(worker, {"A"});
    CHECK(waiting.taken().empty());
    waiting.talk.registers("W", "A_1");
    waiting.talk.registers("W", "A_2");
    CHECK(waiting.taken() == "H1 H2");
    waiting.talk.gets_serving("H1", {"A"});
    waiting.talk.gets_serving("H2", {"A"});
    CHECK(waiting.taken().empty());
    CHECK(waiting.held.size() == 1);
}

TEST_CASE("a task that somebody else takes first leaves the others waiting", "[scheduler][held]") {
    Waiting waiting;
    waiting.waits("H1", {"A"});
    waiting.waits("H2", {"A", "B"});
    waiting.talk.registers("W", "B_1");
    CHECK(waiting.taken() == "H2");
    CHECK(waiting.talk.gets("W") == "B_1");
    CHECK(waiting.taken().empty());
    CHECK(waiting.held.size() == 1);
}

TEST_CASE("resources that are given back, and limits that are raised, are occasions for who waits",
          "[scheduler][held]") {
    Waiting waiting;
    for (const char* task : {"A_1", "A_2", "A_3"})
        waiting.talk.add({.worker = "W", .task_id = task, .resources = {{"db", 1}}, .family = "A"});
    CHECK(waiting.talk.gets("W") == "A_1");
    waiting.waits("H", {"A"});
    CHECK(waiting.taken().empty());
    waiting.talk.say(wire::UpdateResource{"db", 2});
    CHECK(waiting.taken() == "H");
    CHECK(waiting.talk.gets_serving("H", {"A"}) == "A_2");
    waiting.waits("H", {"A"});
    CHECK(waiting.taken().empty());
    waiting.talk.reports("W", "A_1", Status::done);
    CHECK(waiting.taken() == "H");
}

TEST_CASE("nobody is asked while the scheduler is paused", "[scheduler][held]") {
    Waiting waiting;
    waiting.waits("H", {"A"});
    waiting.talk.say(wire::Pause{});
    waiting.talk.registers("W", "A_1");
    CHECK(waiting.taken().empty());
    waiting.talk.say(wire::Unpause{});
    CHECK(waiting.taken() == "H");
}

TEST_CASE("a worker learns at once that nothing is left of what it registered", "[scheduler][held]") {
    Waiting waiting;
    waiting.talk.registers("W", "A_1");
    waiting.talk.registers("W2", "A_1");
    CHECK(waiting.talk.gets("W2") == "A_1");
    waiting.waits("W");
    waiting.waits("H", {"B"});
    CHECK_FALSE(waiting.talk.state.has_news_for({.worker = "W"}));
    CHECK(waiting.taken().empty());
    waiting.talk.reports("W2", "A_1", Status::done);
    CHECK(waiting.taken() == "W");
}

TEST_CASE("a worker that is disabled while it waits learns it", "[scheduler][held]") {
    Waiting waiting;
    waiting.waits("H", {"A"});
    waiting.talk.say(wire::DisableWorker{"H"});
    CHECK(waiting.taken() == "H");
}

TEST_CASE("whose time is up is asked again", "[scheduler][held]") {
    Waiting waiting;
    waiting.waits("H", {"A"});
    CHECK(waiting.held.next_due() == waiting.talk.now + 20s);
    waiting.talk.pass(20s);
    CHECK(waiting.taken() == "H");
    CHECK_FALSE(waiting.held.next_due());
}

TEST_CASE("work is not kept for who has gone", "[scheduler][held]") {
    Waiting waiting;
    waiting.waits("H", {"A"});
    waiting.is_wanted = false;
    waiting.talk.registers("W", "A_1");
    CHECK(waiting.taken().empty());
    CHECK(waiting.held.size() == 0);
}

TEST_CASE("whose time is up and who has gone is asked no more", "[scheduler][held]") {
    Waiting waiting;
    waiting.waits("H", {"A"});
    waiting.is_wanted = false;
    waiting.talk.pass(20s);
    CHECK(waiting.taken().empty());
    CHECK(waiting.held.size() == 0);
}

TEST_CASE("a worker that asks anew does not wait for its earlier question", "[scheduler][held]") {
    Waiting waiting;
    waiting.waits("H", {"A"});
    waiting.waits("H", {"B"});
    CHECK(waiting.replaced == std::vector<std::string>{"H"});
    waiting.talk.registers("W", "A_1");
    CHECK(waiting.taken().empty());
    waiting.talk.registers("W", "B_1");
    CHECK(waiting.taken() == "H");
}
