// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/dispatch.hpp"

#include "worker/context_fixture.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using worker::SchedulerKind;

namespace {

/// May do without what it requires.
struct Gather {
    std::string name;
    static constexpr RequirementRule requirement_rule = RequirementRule::all_finished;
    static constexpr Parameter parameters[] = {param<&Gather::name>("which")};
    std::vector<AnyTask> requirements() const { return Make{name}.requirements(); }
    Named output() const { return {name}; }
    void run() const {}
};

struct DispatchFixture : ContextFixture {
    using ContextFixture::ContextFixture;

    static rpc::Assignment assignment(const AnyTask& task, rpc::LeaseToken lease = 1) {
        rpc::Assignment assignment{.task_id = task.id(), .family = std::string(task.type().family)};
        for (const auto& [name, value] : task.values()) assignment.params.emplace_back(name, value);
        assignment.lease = rpc::Lease{.token = lease};
        return assignment;
    }

    Registry registry = Registry::of<Make, ExternalInput, Weigh, Impossible, Both, Gather>();
    worker::Mailbox<worker::Message> mailbox;
    FakeRunner runner{mailbox};
    worker::Reconciler reconciler{context};
    worker::LostInputs lost_inputs{context, reconciler};
    worker::Dispatcher dispatcher{context, {registry, runner, runner, runner, lost_inputs}};
};

}  // namespace

TEST_CASE("an assigned task is started once, however often it is assigned", "[worker]") {
    reset_world();
    DispatchFixture fixture;
    CHECK(fixture.dispatcher.dispatch(fixture.assignment(Make{"a"}, 1)).is_new);
    CHECK_FALSE(fixture.dispatcher.dispatch(fixture.assignment(Make{"a"}, 2)).is_new);
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Make(name=a)"});
    CHECK(fixture.states.running().begin()->second.lease == 2);
    CHECK(fixture.dispatcher.is_outdated({.assignment = fixture.assignment(Make{"a"}, 2)}));
    CHECK_FALSE(fixture.dispatcher.is_outdated({.assignment = fixture.assignment(Make{"a"}, 3)}));
}

TEST_CASE("an assigned wrapper is reported done without an attempt", "[worker]") {
    reset_world();
    existing = {"given"};
    DispatchFixture fixture({Both{}});
    existing.insert("a");
    const auto dispatched = fixture.dispatcher.dispatch(fixture.assignment(Both{}));
    CHECK(dispatched.reports.at(0).request.status == rpc::Status::done);
    CHECK(fixture.runner.calls.empty());
}

TEST_CASE("an assigned task that is complete by now is reported as found at a shared scheduler", "[worker]") {
    reset_world();
    DispatchFixture fixture({Make{"a"}}, SchedulerKind::freshetd);
    existing = {"a"};
    const auto dispatched = fixture.dispatcher.dispatch(fixture.assignment(Make{"a"}));
    CHECK(dispatched.reports.at(0).found_complete);
    CHECK(dispatched.reports.at(0).request.attempt.at("found").as_bool());
    CHECK(fixture.runner.calls.empty());
}

TEST_CASE("an assigned task whose input is gone waits for it the first time, and fails the second time", "[worker]") {
    reset_world({{"a", {"b"}}});
    DispatchFixture fixture;
    fixture.states.mark_done(fixture.node(Make{"b"}));
    const auto first = fixture.dispatcher.dispatch(fixture.assignment(Make{"a"}, 1)).reports;
    CHECK(first.at(0).end.status == FinishedAttempt::Status::waiting);
    CHECK(first.at(0).request.new_deps == std::vector{AnyTask(Make{"b"}).id()});
    CHECK(fixture.states.is_pending(fixture.node(Make{"b"})));
    const auto second = fixture.dispatcher.dispatch(fixture.assignment(Make{"a"}, 2)).reports;
    CHECK(second.at(0).request.status == rpc::Status::failed);
    CHECK(second.at(0).end.message.ends_with("is gone again"));
}

TEST_CASE("an assigned task that may do without its requirements waits for a lost one, and for none that failed",
          "[worker]") {
    reset_world({{"all", {"failed", "lost"}}});
    DispatchFixture fixture({Gather{"all"}});
    fixture.states.mark_done(fixture.node(Make{"lost"}));
    fixture.states[fixture.node(Make{"failed"})].has_failed_permanently = true;
    const auto report = fixture.dispatcher.dispatch(fixture.assignment(Gather{"all"}, 1)).reports;
    CHECK(report.at(0).request.new_deps == std::vector{AnyTask(Make{"lost"}).id()});
    existing = {"lost"};
    CHECK(fixture.dispatcher.dispatch(fixture.assignment(Gather{"all"}, 2)).reports.empty());
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Gather(name=all)"});
}

TEST_CASE("what a task of another worker may do without is reported before the task runs without it", "[worker]") {
    reset_world({{"all", {"failed"}}});
    DispatchFixture fixture({Make{"a"}}, SchedulerKind::freshetd);
    const auto report = fixture.dispatcher.dispatch(fixture.assignment(Gather{"all"}, 1)).reports;
    CHECK(report.at(0).request.new_deps == std::vector{AnyTask(Make{"failed"}).id()});
    CHECK(fixture.runner.calls.empty());
    CHECK(fixture.dispatcher.dispatch(fixture.assignment(Gather{"all"}, 2)).reports.empty());
    CHECK(fixture.runner.calls == std::vector<std::string>{"start Gather(name=all)"});
}

TEST_CASE("a task of another worker is added to the plan and its resources are reported first", "[worker]") {
    reset_world();
    DispatchFixture fixture({}, SchedulerKind::freshetd);
    const auto dispatched = fixture.dispatcher.dispatch(fixture.assignment(Weigh{"w"}));
    CHECK(fixture.states[fixture.node(Weigh{"w"})].is_foreign);
    CHECK(dispatched.reports.at(0).request.status == rpc::Status::pending);
    CHECK(dispatched.reports.at(0).request.resources == rpc::Resources{{"scales", 1}});
    CHECK(fixture.dispatcher.dispatch(fixture.assignment(Weigh{"w"}, 2)).reports.empty());
    CHECK(fixture.runner.calls.size() == 1);
}

TEST_CASE("a task that this program cannot make is rejected for good", "[worker]") {
    reset_world();
    DispatchFixture fixture({}, SchedulerKind::freshetd);
    CHECK_FALSE(fixture.dispatcher.dispatch({.task_id = "Other_1", .family = "Other", .lease = rpc::Lease{}}).is_new);
    const auto& report = std::get<rpc::AddTask>(fixture.scheduler.requests.back());
    CHECK(report.failure->failure_class == FailureClass::permanent);
    CHECK(fixture.observer.notices.front().starts_with("cannot run 'Other_1': "));
}
