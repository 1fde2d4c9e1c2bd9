// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/delivery.hpp"
#include "event/start.hpp"

#include <catch2/catch.hpp>

namespace freshet::test {

namespace {

using event::EventChange;
using Action = EventChange::Action;

/// An outbox with the sinks "old", which is not configured, and "web": it has delivered, refused and kept an event.
class Fixture {
public:
    Fixture() {
        outbox.add_sinks({"old", "web"}, now);
        for (const char* id : {"delivered", "refused", "waiting", "pruned"}) environment.store_event(id, id);
        outbox.mark_delivered(1, "web", now);
        outbox.mark_refused(2, "web", now, "answered 413", now);
        for (const char* sink : {"old", "web"}) outbox.mark_delivered(4, sink, now);
        environment.state.database().execute("UPDATE outbox SET document = NULL WHERE event_id = 'pruned'");
    }

    Json apply(const EventChange& change) {
        const auto is_configured = [](const std::string& sink) { return sink == "web"; };
        return event::change_events(environment.state, change, is_configured).to_json(change);
    }

    FakeClock clock;
    Time now = clock.now();
    DeliveryEnvironment environment{store::StateFile::in_memory(), clock};
    store::Outbox outbox{environment.state};
};

std::string problem_of(const Json& changed) {
    const auto& problems = changed.at("problems").as_array();
    REQUIRE(problems.size() == 1);
    CHECK(changed.at("changed").as_array().empty());
    return problems.front().as_string();
}

}  // namespace

TEST_CASE_METHOD(Fixture, "the reason why an event cannot be sent again is the right one", "[event]") {
    CHECK(problem_of(apply({.ids = {"delivered"}, .sink = "webb"})) ==
          "no event was ever for sink 'webb'; known: old, web");
    CHECK(problem_of(apply({.sink = "webb"})) == "no event was ever for sink 'webb'; known: old, web");
    CHECK(problem_of(apply({.ids = {"other"}})) == "event 'other': it is not in the outbox");
    CHECK(problem_of(apply({.ids = {"pruned"}})) ==
          "event 'pruned': it was delivered or given up long ago, and only its id is kept");
    CHECK(problem_of(apply({.ids = {"pruned"}, .sink = "web"})) ==
          "event 'pruned': it was delivered or given up long ago, and only its id is kept");
    CHECK(problem_of(apply({.action = Action::skip, .ids = {"delivered"}, .sink = "web"})) ==
          "event 'delivered': this sink does not lack it");
    outbox.mark_delivered(1, "old", now);
    CHECK(problem_of(apply({.ids = {"delivered"}})) ==
          "event 'delivered': no sink lacks it; --sink NAME sends it once more");
}

TEST_CASE_METHOD(Fixture, "dead events are sent again, and with their sink also delivered ones", "[event]") {
    CHECK(apply({}).at("changed").text() == R"([{"id":"refused","sink":"web"}])");
    CHECK(apply({.ids = {"delivered"}, .sink = "web"}).at("changed").text() == R"([{"id":"delivered","sink":"web"}])");
    CHECK(outbox.backlog("web").pending == 3);
}

TEST_CASE_METHOD(Fixture, "a sink that is not configured is removed with all its events, a configured one stays",
                 "[event]") {
    const Json one = apply({.action = Action::skip, .ids = {"waiting"}, .sink = "old"});
    CHECK(one.at("removed_sinks").as_array().empty());
    const Json all = apply({.action = Action::skip});
    CHECK(all.at("changed").as_array().size() == 4);
    CHECK(all.at("removed_sinks").text() == R"(["old"])");
    environment.store_event("next", "next");
    CHECK(outbox.undelivered().size() == 1);
    CHECK(outbox.backlog("web").pending == 1);
}

TEST_CASE("a change of events without ids is of all only if it says so", "[event]") {
    const EventChange change{.action = Action::skip, .sink = "web"};
    const auto read = EventChange::from_json(change.to_json());
    CHECK(read.ids.empty());
    CHECK(read.sink == "web");
    CHECK(EventChange::from_json(Json::parse(R"({"action":"skip","ids":["a"]})")).ids.size() == 1);
    for (const char* text : {R"({"action":"skip"})", R"({"action":"skip","ids":[]})", R"({"action":"x","all":true})",
                             R"({"action":"skip","all":false,"ids":[]})", "[]"})
        CHECK_THROWS_AS(EventChange::from_json(Json::parse(text)), ParameterError);
}

}  // namespace freshet::test
