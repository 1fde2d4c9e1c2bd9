// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/luigid_client.hpp"
#include "worker/worker_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::test;

namespace {

/// A bench whose worker speaks to the scheduler as to a luigid, of which each call is counted.
struct LuigidFixture : WorkerFixture {
    LuigidFixture() {
        worker_client = &adapter;
        shared_scheduler = worker::SharedSchedulerOptions{.has_leases = false};
        pause(true);
    }

    /// While it is paused, all that could run waits.
    void pause(bool is_paused) {
        if (is_paused)
            call_as_operator(rpc::Pause{});
        else
            call_as_operator(rpc::Unpause{});
    }
    void call_as_operator(rpc::Request request) { scheduler.execute(std::vector{std::move(request)}, clock.now()); }
    /// By failures at another worker.
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

TEST_CASE("a luigid is asked about the tasks of a graph that wait with one call, not with two for each", "[worker]") {
    LuigidFixture fixture;
    required = {{"all", names(300)}};
    const Time end = fixture.clock.now() + 2min;
    fixture.on_tick = [&] { fixture.stop_requests = fixture.clock.now() > end ? 1 : 0; };
    fixture.run({Make{"all"}});
    CHECK(fixture.counter.calls < 300 + 100);  // 300 registrations, then rounds of questions every 20 s
}

TEST_CASE("a luigid is asked about many single tasks in turn, a few in each round", "[worker]") {
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
    CHECK(reports.back().message == "the scheduler has disabled it");
}

TEST_CASE("what a luigid disables, or takes for done, among many tasks that wait is found out in the next round",
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
    CHECK(reports[8].message == "the scheduler has disabled it");
}
