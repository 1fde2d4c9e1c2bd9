// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using scheduler::Seconds;
using wire::Status;

namespace {

wire::AddTask with_lease(const std::string& worker, Status status, wire::LeaseToken lease) {
    auto report = Conversation::report(worker, "A", status);
    report.lease = lease;
    return report;
}

/// W was given A, fell silent, and W2 was given it instead.
struct Overtaken {
    Conversation talk;
    wire::LeaseToken old = 0;
    wire::LeaseToken current = 0;

    Overtaken() {
        talk.registers("W", "A");
        old = talk.assignment("W").lease->token;
        talk.pass(Seconds(61));
        talk.registers("W2", "A");
        talk.prunes();
        talk.pass(Seconds(901));
        talk.registers("W2", "A");
        current = talk.assignment("W2").lease->token;
    }
};

}  // namespace

TEST_CASE("each handing-out has a greater lease and the next number of attempt", "[scheduler][lease]") {
    Conversation talk;
    talk.registers("W", "A");
    const auto first = talk.assignment("W");
    CHECK(first.attempt == 1);
    CHECK(first.lease->expires == talk.now + std::chrono::seconds(60));
    talk.add(with_lease("W", Status::pending, first.lease->token));
    const auto second = talk.assignment("W");
    CHECK(second.attempt == 2);
    CHECK(second.lease->token > first.lease->token);
}

TEST_CASE("a result under an older lease is refused by name", "[scheduler][lease]") {
    Overtaken late;
    CHECK(late.talk.add(with_lease("W", Status::done, late.old)) ==
          "lease " + std::to_string(late.old) + " of task 'A' was followed by lease " + std::to_string(late.current) +
              " of worker 'W2'");
    CHECK(late.talk.status("A") == Status::running);
}

TEST_CASE("whoever lost the lease is told so before it publishes", "[scheduler][lease]") {
    Overtaken late;
    CHECK_FALSE(late.talk.ask<wire::LeaseState>(wire::HoldsLease{"W", "A", late.old}).held);
    CHECK(late.talk.ask<wire::LeaseState>(wire::HoldsLease{"W2", "A", late.current}).held);
}

TEST_CASE("a lease is held as long as its worker gives signs of life", "[scheduler][lease]") {
    Conversation talk;
    talk.registers("W", "A");
    const auto lease = talk.assignment("W").lease->token;
    for (int minute = 0; minute < 10; ++minute) {
        talk.pass(Seconds(59));
        CHECK(talk.ask<wire::LeaseState>(wire::RenewLease{"W", "A", lease}).held);
        talk.prunes();
    }
    CHECK(talk.status("A") == Status::running);
}

TEST_CASE("a lease ends with its worker's silence", "[scheduler][lease]") {
    Conversation talk;
    talk.registers("W", "A");
    const auto lease = talk.assignment("W").lease->token;
    talk.pass(Seconds(60.001));
    talk.prunes();
    const auto state = talk.ask<wire::LeaseState>(wire::HoldsLease{"W", "A", lease});
    CHECK_FALSE(state.held);
    CHECK(state.reason == "lease 1 of task 'A' has ended: the task is FAILED");
}

TEST_CASE("a completion that comes late, but before anybody else's attempt, counts", "[scheduler][lease]") {
    Conversation talk;
    talk.registers("W", "A");
    const auto lease = talk.assignment("W").lease->token;
    talk.pass(Seconds(61));
    talk.prunes();
    CHECK(talk.add(with_lease("W", Status::done, lease)).empty());
    CHECK(talk.status("A") == Status::done);
}

TEST_CASE("a failure that is reported twice is one failure", "[scheduler][lease]") {
    Conversation talk;
    talk.registers("W", "A");
    const auto lease = talk.assignment("W").lease->token;
    talk.add(with_lease("W", Status::failed, lease));
    talk.add(with_lease("W", Status::failed, lease));
    CHECK(scheduler::details(talk.task("A")).failures.size() == 1);
}

TEST_CASE("a failure that is reported again when its pause is over is answered with a try at once", "[scheduler][lease]") {
    Conversation talk;
    talk.registers("W", "A");
    auto failure = with_lease("W", Status::failed, talk.assignment("W").lease->token);
    failure.failure = wire::Failure{FailureClass::transient};
    const auto first = talk.ask<wire::TaskAdded>(failure).retry;
    REQUIRE(first);
    talk.now = *first + std::chrono::seconds(1);
    talk.prunes();
    CHECK(talk.ask<wire::TaskAdded>(failure).retry == talk.now);
}

TEST_CASE("who gives a task back without knowing it changes nothing else of it", "[scheduler][lease]") {
    const auto status = GENERATE(Status::pending, Status::failed);
    Conversation talk;
    talk.add({.worker = "W", .task_id = "A", .resources = {{"db", 1}}, .family = "A",
              .retry_policy_dict = wire::RetryPolicy{.retry_count = 7}});
    auto back = with_lease("W", status, talk.assignment("W").lease->token);
    back.runnable = false;
    talk.add(back);
    CHECK(talk.status("A") == status);
    CHECK(*talk.task("A").resources == wire::Resources{{"db", 1}});
    CHECK(talk.task("A").policy->retry_count == 7);
}

TEST_CASE("a task that is given back is handed out again at once", "[scheduler][lease]") {
    Conversation talk;
    talk.registers("W", "A");
    talk.registers("W2", "A");
    talk.add(with_lease("W", Status::pending, talk.assignment("W").lease->token));
    CHECK(talk.gets("W2") == "A");
}

TEST_CASE("a worker that does not know of leases reports by its name", "[scheduler][lease]") {
    Overtaken late;
    late.talk.reports("W", "A", Status::done);
    CHECK(late.talk.status("A") == Status::running);
}

TEST_CASE("events of a task are noted when it is done and only then", "[scheduler][lease]") {
    Overtaken late;
    late.talk.state.take_changes();
    auto done = with_lease("W", Status::done, late.old);
    done.events = {Event{.id = "e", .source = "/s", .type = "t", .subject = "u", .key = "k", .data = 1}};
    late.talk.add(done);
    CHECK(late.talk.state.take_changes().events.empty());
    done.lease = late.current;
    done.worker = "W2";
    late.talk.add(done);
    CHECK(late.talk.state.take_changes().events.size() == 1);
}

TEST_CASE("an attempt that found the output there is not recorded as the one that made it", "[scheduler][lease]") {
    Conversation talk;
    talk.registers("W", "A");
    auto done = with_lease("W", Status::done, talk.assignment("W").lease->token);
    done.attempt = Json::Object{{"found", true}};
    talk.add(done);
    CHECK(talk.status("A") == Status::done);
    CHECK(talk.state.take_changes().attempts.back().ended.value().status == "FOUND");
}
