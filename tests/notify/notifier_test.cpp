// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/notifier.hpp"

#include "scheduler/scheduler_harness.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace freshet;
using namespace freshet::notify;
using namespace std::chrono_literals;
using freshet::test::SchedulerHarness;
using rpc::Status;

namespace {

class NamedSink final : public Sink {
public:
    void deliver(const Event& /*event*/) override {}
    std::string name() const override { return "notification ops"; }
};

/// A scheduler whose problems a rule tells, and the outbox of its messages.
struct Watched : SchedulerHarness {
    explicit Watched(std::chrono::milliseconds of_rule = 0ms) : window(of_rule) { restart(); }

    void restart() {
        Rule rule{.name = "ops", .window = window, .sink = std::make_shared<NamedSink>()};
        notifier.emplace(state, log, NotifierOptions{.rules = {std::move(rule)}});
    }
    /// Runs the ticks of so many seconds; returns the subjects of all messages so far.
    std::vector<std::string> subjects_after(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            advance(scheduler::Seconds(1));
            notifier->on_tick(machine.state(), now);
        }
        std::vector<std::string> subjects;
        for (const auto& event : outbox.undelivered())
            subjects.push_back(Json::parse(event.document).at("data").at("subject").as_string());
        return subjects;
    }
    void fails_for_good(const std::string& task) {
        registers("W", task);
        REQUIRE(gets("W") == task);
        fails("W", task, FailureClass::permanent);
    }

    std::chrono::milliseconds window;
    store::StateFile state = store::StateFile::in_memory();
    store::Outbox outbox{state};
    test::FakeLog log{};
    std::optional<Notifier> notifier{};
};

using Subjects = std::vector<std::string>;

}  // namespace

TEST_CASE("a problem is queued once, also after a restart, and so is its end", "[notify]") {
    Watched watched;
    watched.fails_for_good("A_1");
    CHECK(watched.subjects_after(2) == Subjects{"A() failed"});
    watched.restart();
    CHECK(watched.subjects_after(2) == Subjects{"A() failed"});
    watched.reports("W", "A_1", Status::done);
    CHECK(watched.subjects_after(1) == Subjects{"A() failed", "A() recovered"});
    watched.restart();
    CHECK(watched.subjects_after(2) == Subjects{"A() failed", "A() recovered"});
}

TEST_CASE("the problems of one window are one message", "[notify]") {
    Watched watched(10s);
    watched.fails_for_good("A_1");
    CHECK(watched.subjects_after(8).empty());
    watched.fails_for_good("A_2");
    CHECK(watched.subjects_after(4) == Subjects{"2 problems: 2 of A"});
}

TEST_CASE("a problem that is over within the window is not told", "[notify]") {
    Watched watched(10s);
    watched.fails_for_good("A_1");
    CHECK(watched.subjects_after(5).empty());
    watched.reports("W", "A_1", Status::done);
    CHECK(watched.subjects_after(20).empty());
}

TEST_CASE("a notification waits for the sink of its rule only, and other events do not wait for that", "[notify]") {
    Watched watched;
    watched.outbox.add_sinks({"file", "notification ops"}, watched.now);
    watched.outbox.enqueue({.id = "e1", .key = "k", .document = R"({"type":"t","data":{"subject":""}})"}, watched.now);
    watched.fails_for_good("A_1");
    watched.subjects_after(1);
    watched.outbox.add_sinks({"later", "notification later"}, watched.now);
    for (const auto* sink : {"file", "later"}) {
        REQUIRE(watched.outbox.due(sink, watched.now).size() == 1);
        CHECK(watched.outbox.due(sink, watched.now)[0].event_id == "e1");
    }
    REQUIRE(watched.outbox.due("notification ops", watched.now).size() == 1);
    CHECK(watched.outbox.due("notification ops", watched.now)[0].event_id != "e1");
    CHECK(watched.outbox.due("notification later", watched.now).empty());
}

TEST_CASE("at the end of a run its problems are told before the window is over", "[notify]") {
    Watched watched(10s);
    watched.fails_for_good("A_1");
    CHECK(watched.subjects_after(2).empty());
    watched.notifier->finish(watched.machine.state(), watched.now);
    CHECK(watched.subjects_after(0) == Subjects{"A() failed"});
    CHECK(watched.notifier->has_open_problems());
    watched.restart();
    CHECK(watched.notifier->has_open_problems());
}
