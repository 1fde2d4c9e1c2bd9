// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using scheduler::Seconds;

namespace {

/// A scheduler with limits for two resources, one of which an operator changed.
struct Limited {
    Conversation talk{{.resources = {{"db", 2}, {"net", 3}}}};

    Limited() { talk.say(wire::UpdateResource{.resource = "db", .amount = 7}); }
    const wire::Resources& limits() const { return talk.state.board().limits; }
};

void registers(Conversation& talk, const std::string& task) {
    talk.add({.worker = "W", .task_id = task, .resources = {{"server", 1}}, .family = "A"});
}

}  // namespace

TEST_CASE_METHOD(Limited, "new limits of the configuration hold, and a resource that is no longer in it has none",
                 "[scheduler]") {
    talk.state.configure({{"net", 9}, {"new", 1}}, {});
    CHECK(limits() == wire::Resources{{"net", 9}, {"new", 1}});
}

TEST_CASE_METHOD(Limited, "what an operator changed stays when the configuration says what it said", "[scheduler]") {
    talk.state.configure({{"db", 2}, {"net", 4}}, {});
    CHECK(limits() == wire::Resources{{"db", 7}, {"net", 4}});
}

TEST_CASE_METHOD(Limited, "what an operator changed goes when the configuration says something new", "[scheduler]") {
    talk.state.configure({{"db", 1}, {"net", 3}}, {});
    CHECK(limits() == wire::Resources{{"db", 1}, {"net", 3}});
}

TEST_CASE_METHOD(Limited, "so it does when the number is the same, and now counts by the minute", "[scheduler][rates]") {
    talk.state.configure({{"db", 2}, {"net", 3}}, {"db"});
    CHECK(limits() == wire::Resources{{"db", 2}, {"net", 3}});
}

TEST_CASE("a resource becomes a rate while the scheduler runs", "[scheduler][rates]") {
    Conversation talk{{.worker_disconnect_delay = Seconds(3600), .resources = {{"server", 9}}}};
    for (const char* task : {"A_1", "A_2", "A_3"}) registers(talk, task);
    talk.state.configure({{"server", 2}}, {"server"});
    for (const char* task : {"A_1", "A_2"}) {
        CHECK(talk.gets("W") == task);
        talk.reports("W", task, wire::Status::done);
    }
    CHECK(talk.gets("W").empty());
    talk.pass(Seconds(62));
    CHECK(talk.gets("W") == "A_3");
}

TEST_CASE("a rate becomes a resource while the scheduler runs", "[scheduler][rates]") {
    Conversation talk{{.worker_disconnect_delay = Seconds(3600), .resources = {{"server", 1}}, .rates = {"server"}}};
    for (const char* task : {"A_1", "A_2", "A_3"}) registers(talk, task);
    CHECK(talk.gets("W") == "A_1");
    talk.reports("W", "A_1", wire::Status::done);
    talk.state.configure({{"server", 1}}, {});
    CHECK(talk.gets("W") == "A_2");
    talk.pass(Seconds(62));
    CHECK(talk.gets("W").empty());
    talk.reports("W", "A_2", wire::Status::done);
    CHECK(talk.gets("W") == "A_3");
}
