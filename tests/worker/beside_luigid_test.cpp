// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/bench.hpp"
#include "worker/luigi_dialect.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace freshet;
using namespace freshet::test;

namespace {

/// A bench whose worker speaks to the scheduler as to a luigid, of which each call is counted.
struct BesideLuigid : Bench {
    BesideLuigid() {
        asked = &dialect;
        sharing = worker::Sharing{.has_leases = false};
        pause(true);
    }

    /// While it is paused, all that could run waits.
    void pause(bool is_paused) {
        if (is_paused) operator_says(wire::Pause{});
        else operator_says(wire::Unpause{});
    }
    void operator_says(wire::Request request) { scheduler.execute(std::vector{std::move(request)}, clock.now()); }
    /// By failures at another worker.
    void disable(const AnyTask& task) {
        wire::AddTask request{.worker = "other", .task_id = task.id(), .status = wire::Status::failed};
        request.family = task.type().family;
        request.retry_policy_dict = wire::RetryPolicy{.retry_count = 2};
        for (int failure = 0; failure < 2; ++failure) operator_says(request);
    }

    struct Counter final : worker::SchedulerClient {
        explicit Counter(SchedulerClient& scheduler) : luigid(scheduler) {}
        std::vector<wire::Response> call(const std::vector<wire::Request>& requests) override {
            calls += requests.size();
            return luigid.call(requests);
        }
        SchedulerClient& luigid;
        std::size_t calls = 0;
    };
    Counter counter{client};
    worker::LuigiDialect dialect{{.luigid = counter, .clock = clock, .chance = [] { return 1.0; }, .keep_events = [](const auto&) {}}};
};

std::vector<std::string> names(int count) {
    std::vector<std::string> names;
    for (int number = 0; number < count; ++number) names.push_back(std::to_string(number));
    return names;
}

std::vector<AnyTask> makes(int count) {
    std::vector<AnyTask> tasks;
    for (const auto& name : names(count)) tasks.push_back(Make{name});
    return tasks;
}

}  // namespace

TEST_CASE("a luigid is asked about the tasks of a graph that wait with one call, not with two for each", "[worker]") {
    BesideLuigid bench;
    required = {{"all", names(300)}};
    const Time end = bench.clock.now() + 2min;
    bench.between = [&] { bench.stops = bench.clock.now() > end ? 1 : 0; };
    bench.run({Make{"all"}});
    CHECK(bench.counter.calls < 300 + 100);  // 300 registrations, then rounds of questions every 20 s
}

TEST_CASE("a luigid is asked about many single tasks in turn, a few in each round", "[worker]") {
    BesideLuigid bench;
    const Time begin = bench.clock.now();
    std::size_t most = 0, before = 0;
    bench.between = [&, rounds = 0]() mutable {
        if (++rounds == 20) bench.disable(Make{"299"});
        if (rounds > 1) most = std::max(most, bench.counter.calls - before);
        before = bench.counter.calls;
        bench.stops = bench.clock.now() > begin + 2min ? 1 : 0;
    };
    const auto reports = bench.run(makes(300));
    CHECK(most < 300);
    CHECK(reports.back().message == "the scheduler has disabled it");
}

TEST_CASE("what a luigid disables, or takes for done, among many tasks that wait is found out in the next round", "[worker]") {
    BesideLuigid bench;
    required = {{"all", names(300)}};
    const Time begin = bench.clock.now();
    bench.between = [&, rounds = 0]() mutable {
        if (++rounds == 20) {
            bench.disable(Make{"7"});
            bench.operator_says(wire::MarkAsDone{.task_id = AnyTask(Make{"8"}).id()});
        }
        if (bench.clock.now() > begin + 30s) bench.pause(false);
    };
    const auto reports = bench.run({Make{"all"}});
    CHECK(bench.runner.diary.size() == 299);
    CHECK(there.contains("8"));
    CHECK(reports[8].message == "the scheduler has disabled it");
}
