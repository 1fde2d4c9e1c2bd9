// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/task_states.hpp"

#include "worker/context_fixture.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

TEST_CASE("a task is pending unless it runs, is done, cools down, waits for a retry or runs elsewhere", "[worker]") {
    reset_world();
    ContextFixture fixture({Make{"a"}});
    auto& states = fixture.states;
    CHECK(states.is_pending(0));

    states.start_attempt(0, 1, "t");
    CHECK_FALSE(states.is_pending(0));
    states.end_attempt("t");
    CHECK(states.is_pending(0));

    states.start_cooldown(0, fixture.clock.now());
    CHECK_FALSE(states.is_pending(0));
    states.end_cooldown(0);

    states.schedule_retry(0, {.at = fixture.clock.now(), .reason = FailureClass::transient});
    CHECK_FALSE(states.is_pending(0));
    states.on_assigned(0);
    CHECK(states.is_pending(0));

    states.set_running_elsewhere({{0, "other"}});
    CHECK_FALSE(states.is_pending(0));
    CHECK(states.set_running_elsewhere({}) == std::vector<std::size_t>{0});
    CHECK(states.set_running_elsewhere({}).empty());

    states.mark_done(0);
    CHECK_FALSE(states.is_pending(0));
    states.mark_lost(0);
    CHECK(states.is_pending(0));
}

TEST_CASE("a task is ready when all its requirements are complete or done", "[worker]") {
    reset_world({{"a", {"b", "c"}}});
    existing = {"c"};
    ContextFixture fixture({Make{"a"}});
    CHECK(fixture.states.ready_nodes() == std::vector{fixture.node(Make{"b"})});
    fixture.states.mark_done(fixture.node(Make{"b"}));
    CHECK(fixture.states.ready_nodes() == std::vector{fixture.node(Make{"a"})});
}

TEST_CASE("a target that appears completes only a pending task", "[worker]") {
    reset_world();
    ContextFixture fixture({Make{"a"}, Make{"b"}});
    fixture.states.set_may_be_work(false);
    fixture.start(Make{"b"});
    existing = {"a", "b"};
    fixture.states.check_target(fixture.node(Make{"b"}));
    CHECK_FALSE(fixture.states.may_be_work());
    fixture.states.check_target(fixture.node(Make{"a"}));
    CHECK(fixture.states.may_be_work());
    CHECK(fixture.states[fixture.node(Make{"a"})].is_done_elsewhere);
    CHECK_FALSE(fixture.states[fixture.node(Make{"b"})].is_done);
}

TEST_CASE("external tasks and tasks of other workers are not counted as pending", "[worker]") {
    reset_world();
    ContextFixture fixture({Both{}, Make{"b"}, Make{"c"}});
    CHECK(fixture.states.count_pending() == 4);  // the wrapper and three to make
    CHECK(fixture.states.missing_external() == std::vector{fixture.node(ExternalInput{})});
    fixture.states.set_foreign(fixture.node(Make{"b"}), true);
    fixture.states.set_running_elsewhere({{fixture.node(Make{"c"}), "other"}});
    CHECK(fixture.states.count_pending() == 2);
    fixture.start(Make{"a"});
    CHECK(fixture.states.count_pending() == 1);
    fixture.states.mark_done(fixture.node(Make{"c"}));
    CHECK(fixture.states.count_pending() == 1);
}

TEST_CASE("what is ready and pending follows the plan while it grows and changes", "[worker]") {
    reset_world({{"a", {"b"}}});
    existing = {"b"};
    ContextFixture fixture({Make{"a"}});
    auto& states = fixture.states;
    CHECK(states.ready_nodes() == std::vector<std::size_t>{0});
    fixture.plan.add_requirements(0, fixture.plan.add({Make{"c"}}));
    CHECK(states.ready_nodes() == std::vector<std::size_t>{2});
    CHECK(states.count_pending() == 2);
    states.mark_done(2);
    CHECK(states.ready_nodes() == std::vector<std::size_t>{0});
    states.mark_lost(2);
    existing.clear();
    fixture.plan.recheck(1);
    CHECK(states.ready_nodes() == std::vector<std::size_t>{1, 2});
    CHECK(states.count_pending() == 3);
    states.mark_done_elsewhere(1);
    states.mark_done(2);
    CHECK(states.ready_nodes() == std::vector<std::size_t>{0});
    CHECK(states.count_pending() == 1);
}

TEST_CASE("20,000 tasks of a chain are finished one by one, each without a walk through the plan", "[worker]") {
    reset_world();
    for (int i = 1; i < 20'000; ++i) required[std::to_string(i)] = {std::to_string(i - 1)};
    ContextFixture fixture({Make{"19999"}});
    for (std::int64_t left = 20'000; left > 0; --left) {
        CHECK(fixture.states.count_pending() == left);
        const auto ready = fixture.states.ready_nodes();
        REQUIRE(ready.size() == 1);
        fixture.states.mark_done(ready.front());
    }
    CHECK(fixture.states.ready_nodes().empty());
}

TEST_CASE("an attempt's lease is only raised, and each attempt counts", "[worker]") {
    reset_world();
    ContextFixture fixture({Make{"a"}});
    fixture.states.start_attempt(0, 5, "t");
    CHECK(fixture.states.renew_lease(0, 9));
    CHECK(fixture.states.renew_lease(0, 6));
    CHECK(fixture.states.end_attempt("t")->lease == 9);
    CHECK_FALSE(fixture.states.end_attempt("t"));
    CHECK_FALSE(fixture.states.renew_lease(0, 10));
    CHECK(fixture.states.start_attempt(0, 10, "u").number == 2);
}

TEST_CASE("retries are erased when they were due before the scheduler was asked", "[worker]") {
    reset_world();
    ContextFixture fixture({Make{"a"}, Make{"b"}});
    const Time now = fixture.clock.now();
    fixture.states.schedule_retry(0, {.at = now - 1s, .reason = FailureClass::transient});
    fixture.states.schedule_retry(1, {.at = now, .reason = FailureClass::transient});
    fixture.states.erase_retries_before(now);
    CHECK(fixture.states.retries().size() == 1);
    CHECK(fixture.states.retries().contains(1));
}

TEST_CASE("a reference to a task's state survives the growth of the plan", "[worker]") {
    reset_world();
    ContextFixture fixture({Make{"a"}});
    worker::TaskState& state = fixture.states[0];
    fixture.plan.add({Make{"b"}, Make{"c"}});
    fixture.states.mark_done(2);
    state.attempts = 3;
    CHECK(fixture.states[0].attempts == 3);
}

TEST_CASE("the results name the requirement that blocked a task", "[worker]") {
    reset_world({{"a", {"b"}}, {"b", {"c"}}});
    ContextFixture fixture({Make{"a"}});
    fixture.states[fixture.node(Make{"c"})].last = {.status = worker::FinishedAttempt::Status::failed,
                                                    .message = "no luck"};
    const auto results = fixture.states.results();
    CHECK(statuses(results) == std::vector{TaskStatus::not_run, TaskStatus::not_run, TaskStatus::failed});
    CHECK(results[0].message == "Make(name=c) failed: no luck");
}
