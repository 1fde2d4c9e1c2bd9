// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/scheduler_protocol.hpp"

#include "worker/context_fixture.hpp"
#include "worker/luigid_client.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using worker::SchedulerKind;

namespace {

std::size_t count_graphs(const ScriptedScheduler& scheduler) {
    std::size_t count = 0;
    for (const rpc::Request& request : scheduler.requests) count += std::holds_alternative<rpc::DepGraph>(request);
    return count;
}

std::vector<std::size_t> all_nodes(const worker::Plan& plan) {
    std::vector<std::size_t> nodes;
    for (std::size_t node = 0; node < plan.size(); ++node) nodes.push_back(node);
    return nodes;
}

/// A fixture whose worker talks to the scheduler as to a luigid; counts the calls.
struct LuigidFixture : WorkerFixture {
    LuigidFixture() {
        worker_client = &adapter;
        scheduler_kind = worker::SchedulerKind::luigid;
        pause(true);
    }

    /// Keeps ready tasks from being assigned.
    void pause(bool is_paused) {
        if (is_paused)
            call_as_operator(rpc::Pause{});
        else
            call_as_operator(rpc::Unpause{});
    }
    void call_as_operator(rpc::Request request) { scheduler.execute(std::vector{std::move(request)}, clock.now()); }
    /// Lets the task fail at another worker until it is disabled.
    void disable(const AnyTask& task) {
        rpc::AddTask request{.worker = "other", .task_id = task.id(), .status = rpc::Status::failed};
        request.family = task.type().family;
        request.retry_policy_dict = rpc::RetryPolicy{.retry_count = 2};
        for (int failure = 0; failure < 2; ++failure) call_as_operator(request);
    }

    struct Counter final : worker::SchedulerClient {
        explicit Counter(SchedulerClient& scheduler) : luigid(scheduler) {}
        std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override {
            calls += requests.size();
            return luigid.call(requests);
        }
        SchedulerClient& luigid;
        std::size_t calls = 0;
    };
    Counter counter{client};
    worker::LuigidAdapter adapter{
        {.luigid = counter, .clock = clock, .jitter = [] { return 1.0; }, .store_events = [](const auto&) {}}};
};

std::vector<std::string> names(int count) {
    std::vector<std::string> names;
    for (int number = 0; number < count; ++number) names.push_back(std::to_string(number));
    return names;
}

std::vector<AnyTask> make_tasks(int count) {
    std::vector<AnyTask> tasks;
    for (const auto& name : names(count)) tasks.push_back(Make{name});
    return tasks;
}

}  // namespace

TEST_CASE("an embedded scheduler gets a work request for each free slot, a shared one gets one with the families",
          "[worker]") {
    reset_world();
    ContextFixture embedded;
    CHECK(embedded.protocol->work_requests(3).size() == 3);
    CHECK(embedded.protocol->work_requests(0).empty());
    const auto kind = GENERATE(SchedulerKind::freshetd, SchedulerKind::luigid);
    ContextFixture shared({Make{"a"}}, kind);
    shared.options.families = {"Make"};
    REQUIRE(shared.protocol->work_requests(3).size() == 1);
    CHECK(shared.protocol->work_requests(3).front().families == std::vector<std::string>{"Make"});
    CHECK(shared.protocol->work_requests(0).empty());
}

TEST_CASE("a freshetd returns states in answers to registrations, of external tasks under a lease that nobody has",
          "[worker]") {
    reset_world();
    ContextFixture fixture({Both{}}, SchedulerKind::freshetd);
    const std::size_t external = fixture.node(ExternalInput{});
    CHECK(fixture.protocol->query({fixture.node(Make{"a"})}).front().state.status == rpc::Status::pending);
    CHECK_FALSE(fixture.scheduler.registered().front().lease);
    fixture.scheduler.requests.clear();
    CHECK(fixture.protocol->query_external({external}).front().node == external);
    CHECK(fixture.scheduler.registered().front().lease == 0);
    CHECK(count_graphs(fixture.scheduler) == 0);
}

TEST_CASE("a task is registered together with its external requirements that exist", "[worker]") {
    reset_world();
    ContextFixture fixture({Refine{"a"}}, SchedulerKind::freshetd);
    fixture.states.mark_done_elsewhere(fixture.node(ExternalInput{}));
    fixture.protocol->query({fixture.node(Refine{"a"})});
    REQUIRE(fixture.scheduler.registered().size() == 2);
    CHECK(fixture.scheduler.registered()[1].status == rpc::Status::done);
}

TEST_CASE("a luigid's states come from one graph for each of a few tasks, and from the roots' graphs for many",
          "[worker]") {
    std::vector<std::string> names;
    for (int i = 0; i < 50; ++i) names.push_back(std::to_string(i));
    reset_world({{"all", names}});
    ContextFixture fixture({Make{"all"}}, SchedulerKind::luigid);
    fixture.scheduler.answer = [&](const rpc::Request& request) -> rpc::Response {
        if (!std::holds_alternative<rpc::DepGraph>(request)) return ScriptedScheduler::accept(request);
        Json graph = Json::object();
        for (const std::size_t node : all_nodes(fixture.plan))
            graph[fixture.plan[node].task.id()] =
                Json::Object{{"status", "PENDING"}, {"workers", Json(Json::Array{"W"})}};
        return graph;
    };
    CHECK(fixture.protocol->query({1, 2}).size() == 2);
    CHECK(count_graphs(fixture.scheduler) == 2);
    fixture.scheduler.requests.clear();
    CHECK(fixture.protocol->query(all_nodes(fixture.plan)).size() == 51);
    CHECK(fixture.scheduler.requests.size() == 1);
}

TEST_CASE("a luigid is queried about many tasks in turn until all have been", "[worker]") {
    std::vector<AnyTask> tasks;
    for (int i = 0; i < 250; ++i) tasks.push_back(Make{std::to_string(i)});
    reset_world();
    ContextFixture fixture(tasks, SchedulerKind::luigid);
    std::set<std::size_t> queried;
    for (int round = 0; round < 3; ++round) {
        const auto states = fixture.protocol->query(all_nodes(fixture.plan));
        CHECK(states.size() <= 100);
        for (const auto& [node, state] : states) queried.insert(node);
    }
    CHECK(queried.size() == 250);
}

TEST_CASE("a call refused for want of disk space is repeated until the caller gives up", "[worker]") {
    ScriptedScheduler scheduler;
    FakeClock clock;
    int waits = 0;
    worker::DiskFullRetry retry(scheduler, clock, [&](const std::string&) { return ++waits < 3; });
    scheduler.answer = [&](const rpc::Request&) -> rpc::Response {
        if (waits < 2) throw DiskFullError("write to state 'x': no space left");
        return rpc::Nothing{};
    };
    CHECK(retry.call({rpc::Ping{}}).size() == 1);
    CHECK(retry.last_answered() == clock.now());
    waits = -10;
    CHECK(retry.call({rpc::Ping{}}).size() == 1);
    scheduler.answer = [](const rpc::Request&) -> rpc::Response { throw DiskFullError("full"); };
    CHECK_THROWS_AS(retry.call({rpc::Ping{}}), DiskFullError);
}

TEST_CASE("a luigid is queried about the pending tasks of a graph with one call, not with two for each", "[worker]") {
    LuigidFixture fixture;
    required = {{"all", names(300)}};
    const Time end = fixture.clock.now() + 2min;
    fixture.on_tick = [&] { fixture.stop_requests = fixture.clock.now() > end ? 1 : 0; };
    fixture.run({Make{"all"}});
    CHECK(fixture.counter.calls < 300 + 100);  // 300 registrations, then rounds of questions every 20 s
}

TEST_CASE("a luigid is queried about many single tasks in turn, a few in each round", "[worker]") {
    LuigidFixture fixture;
    const Time begin = fixture.clock.now();
    std::size_t max_calls = 0, before = 0;
    fixture.on_tick = [&, rounds = 0]() mutable {
        if (++rounds == 20) fixture.disable(Make{"299"});
        if (rounds > 1) max_calls = std::max(max_calls, fixture.counter.calls - before);
        before = fixture.counter.calls;
        fixture.stop_requests = fixture.clock.now() > begin + 2min ? 1 : 0;
    };
    const auto reports = fixture.run(make_tasks(300));
    CHECK(max_calls < 300);
    CHECK(reports.back().message == "disabled by the scheduler");
}

TEST_CASE("a task disabled or marked as done at a luigid is found among many pending ones in the next round",
          "[worker]") {
    LuigidFixture fixture;
    required = {{"all", names(300)}};
    const Time begin = fixture.clock.now();
    fixture.on_tick = [&, rounds = 0]() mutable {
        if (++rounds == 20) {
            fixture.disable(Make{"7"});
            fixture.call_as_operator(rpc::MarkAsDone{.task_id = AnyTask(Make{"8"}).id()});
        }
        if (fixture.clock.now() > begin + 30s) fixture.pause(false);
    };
    const auto reports = fixture.run({Make{"all"}});
    CHECK(fixture.runner.calls.size() == 299);
    CHECK(existing.contains("8"));
    CHECK(reports[8].message == "disabled by the scheduler");
}
