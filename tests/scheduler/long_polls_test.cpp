// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/long_polls.hpp"
#include "scheduler_harness.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::scheduler;
using namespace freshet::test;
using namespace std::chrono_literals;
using rpc::Status;

namespace {

/// Workers with long polls parked at a scheduler.
struct LongPollHarness {
    SchedulerHarness harness;
    LongPolls polls;
    std::vector<std::string> replaced;  ///< workers whose poll was replaced by a later one
    bool is_connected = true;

    void park(const std::string& worker, std::vector<std::string> families = {}) {
        rpc::GetWork request{.worker = worker, .families = std::move(families), .wait = 20};
        rpc::Response empty_reply = harness.ask<rpc::Work>(request);
        const auto earlier = polls.park({.request = std::move(request),
                                         .on_reply = [](auto) {},
                                         .is_connected = [this] { return is_connected; },
                                         .deadline = harness.now + 20s,
                                         .empty_reply = std::move(empty_reply)});
        if (earlier) replaced.push_back(earlier->request.worker);
    }
    /// Takes the polls to execute again and returns their workers, in order.
    std::string taken() {
        std::string workers;
        for (const auto& poll : polls.take(harness.machine, harness.now))
            workers += (workers.empty() ? "" : " ") + poll.request.worker;
        return workers;
    }
};

}  // namespace

TEST_CASE("the oldest long polls are taken first, no more than there are ready tasks", "[scheduler][held]") {
    LongPollHarness waiting;
    for (const char* worker : {"H1", "H2", "H3"}) waiting.park(worker, {"A"});
    CHECK(waiting.taken().empty());
    waiting.harness.registers("W", "A_1");
    waiting.harness.registers("W", "A_2");
    CHECK(waiting.taken() == "H1 H2");
    waiting.harness.gets_serving("H1", {"A"});
    waiting.harness.gets_serving("H2", {"A"});
    CHECK(waiting.taken().empty());
    CHECK(waiting.polls.size() == 1);
}

TEST_CASE("the end of a long poll is no sign of life of its worker, and does not bring back one that has ended",
          "[scheduler][held]") {
    SchedulerHarness harness;
    harness.introduces("W");
    rpc::GetWork poll{.worker = "W", .families = {"A"}, .wait = 20};
    harness.send(poll);
    const Time asked = harness.now;
    harness.advance(Seconds(20));
    poll.was_parked = true;
    CHECK_FALSE(harness.machine.handle_unstored(poll, harness.now));
    harness.send(poll);
    CHECK(harness.machine.state().workers.find("W")->last_active == asked);
    harness.send(rpc::AddWorker{.worker = "W", .info = {{"run_end", Json::object()}}});
    harness.send(poll);
    CHECK(harness.machine.state().workers.all().empty());
}

TEST_CASE("long polls stay parked when another worker takes the task first", "[scheduler][held]") {
    LongPollHarness waiting;
    waiting.park("H1", {"A"});
    waiting.park("H2", {"A", "B"});
    waiting.harness.registers("W", "B_1");
    CHECK(waiting.taken() == "H2");
    CHECK(waiting.harness.gets("W") == "B_1");
    CHECK(waiting.taken().empty());
    CHECK(waiting.polls.size() == 1);
}

TEST_CASE("released resources and raised limits wake long polls", "[scheduler][held]") {
    LongPollHarness waiting;
    for (const char* task : {"A_1", "A_2", "A_3"})
        waiting.harness.add({.worker = "W", .task_id = task, .resources = {{{"db", 1}}}, .family = "A"});
    CHECK(waiting.harness.gets("W") == "A_1");
    waiting.park("H", {"A"});
    CHECK(waiting.taken().empty());
    waiting.harness.send(rpc::UpdateResource{"db", 2});
    CHECK(waiting.taken() == "H");
    CHECK(waiting.harness.gets_serving("H", {"A"}) == "A_2");
    waiting.park("H", {"A"});
    CHECK(waiting.taken().empty());
    waiting.harness.reports("W", "A_1", Status::done);
    CHECK(waiting.taken() == "H");
}

TEST_CASE("no long poll is taken while the scheduler is paused", "[scheduler][held]") {
    LongPollHarness waiting;
    waiting.park("H", {"A"});
    waiting.harness.send(rpc::Pause{});
    waiting.harness.registers("W", "A_1");
    CHECK(waiting.taken().empty());
    waiting.harness.send(rpc::Unpause{});
    CHECK(waiting.taken() == "H");
}

TEST_CASE("a long poll ends at once when nothing is left for its worker", "[scheduler][held]") {
    LongPollHarness waiting;
    waiting.harness.registers("W", "A_1");
    waiting.harness.registers("W2", "A_1");
    CHECK(waiting.harness.gets("W2") == "A_1");
    waiting.park("W");
    waiting.park("H", {"B"});
    CHECK_FALSE(waiting.harness.machine.should_stop_waiting({.worker = "W"}));
    CHECK(waiting.taken().empty());
    waiting.harness.reports("W2", "A_1", Status::done);
    CHECK(waiting.taken() == "W");
}

TEST_CASE("a long poll ends when its worker is disabled", "[scheduler][held]") {
    LongPollHarness waiting;
    waiting.park("H", {"A"});
    waiting.harness.send(rpc::DisableWorker{"H"});
    CHECK(waiting.taken() == "H");
}

TEST_CASE("a long poll is taken at its deadline", "[scheduler][held]") {
    LongPollHarness waiting;
    waiting.park("H", {"A"});
    CHECK(waiting.polls.next_due() == waiting.harness.now + 20s);
    waiting.harness.advance(20s);
    CHECK(waiting.taken() == "H");
    CHECK_FALSE(waiting.polls.next_due());
}

TEST_CASE("a disconnected client gets no work", "[scheduler][held]") {
    LongPollHarness waiting;
    waiting.park("H", {"A"});
    waiting.is_connected = false;
    waiting.harness.registers("W", "A_1");
    CHECK(waiting.taken().empty());
    CHECK(waiting.polls.size() == 0);
}

TEST_CASE("an expired long poll of a disconnected client is dropped", "[scheduler][held]") {
    LongPollHarness waiting;
    waiting.park("H", {"A"});
    waiting.is_connected = false;
    waiting.harness.advance(20s);
    CHECK(waiting.taken().empty());
    CHECK(waiting.polls.size() == 0);
}

TEST_CASE("a new long poll of a worker replaces its earlier one", "[scheduler][held]") {
    LongPollHarness waiting;
    waiting.park("H", {"A"});
    waiting.park("H", {"B"});
    CHECK(waiting.replaced == std::vector<std::string>{"H"});
    waiting.harness.registers("W", "A_1");
    CHECK(waiting.taken().empty());
    waiting.harness.registers("W", "B_1");
    CHECK(waiting.taken() == "H");
}
