// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "model.hpp"

#include "random_requests.hpp"
#include "scheduler/state.hpp"
#include "slow_scheduler.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

namespace freshet::test {

namespace {

std::vector<std::string> given(const wire::Work& work) {
    if (const auto* one = std::get_if<wire::Assignment>(&work.assignment)) return {one->task_id};
    if (const auto* batch = std::get_if<wire::BatchAssignment>(&work.assignment)) return batch->task_ids;
    return {};
}

bool is_disabled(const scheduler::Board& board, const std::string& worker) {
    const auto* known = board.workers.find(worker);
    return known && known->disabled;
}

/// Asks for work, and compares the answer with the slow scheduler's.
void compare(scheduler::State& state, const wire::GetWork& request, Time now) {
    if (is_disabled(state.board(), request.worker)) return;
    SlowScheduler slow(state.board(), request, now);
    const auto expected = slow.chosen();
    const auto counts = slow.pending();
    const auto work = std::get<wire::Work>(state.handle(request, now));
    REQUIRE(given(work) == expected);
    REQUIRE(work.pending.n_pending_tasks == counts.n_pending_tasks);
    REQUIRE(work.pending.n_unique_pending == counts.n_unique_pending);
    REQUIRE(work.pending.n_pending_last_scheduled == counts.n_pending_last_scheduled);
}

std::set<scheduler::TaskId> roots_of(const scheduler::TaskTable& tasks, const scheduler::Name& family) {
    std::set<scheduler::TaskId> roots;
    for (const scheduler::TaskId id : tasks.in_order())
        if (tasks[id].family == family && tasks[id].dependants.empty()) roots.insert(id);
    return roots;
}

/// The families as counted on the way are those that one counts by looking at every task.
void compare_families(const scheduler::TaskTable& tasks) {
    std::map<scheduler::Name, scheduler::FamilyTally> counted;
    for (const scheduler::TaskId id : tasks.in_order())
        ++counted[tasks[id].family].by_status[static_cast<std::size_t>(tasks[id].status)];
    REQUIRE(tasks.index().families().size() == counted.size());
    for (const auto& [family, tally] : tasks.index().families()) {
        REQUIRE(tally.by_status == counted[family].by_status);
        const auto roots = tasks.index().newest_roots(tally, tasks.index().count());
        REQUIRE(roots.size() == tally.roots.size);
        REQUIRE(std::set(roots.begin(), roots.end()) == roots_of(tasks, family));
    }
}

/// A worker's tasks are found as by one who looks at every task.
void compare_workers(const scheduler::TaskTable& tasks, const scheduler::WorkerTable& workers) {
    std::map<scheduler::Name, std::multiset<scheduler::TaskId>> runnable;
    std::map<scheduler::Name, std::multiset<scheduler::TaskId>> of_interest;
    for (const scheduler::TaskId id : tasks.in_order()) {
        for (const scheduler::Name& worker : *tasks[id].workers) runnable[worker].insert(id);
        for (const scheduler::Name& worker : *tasks[id].stakeholders) of_interest[worker].insert(id);
    }
    const auto same = [](const scheduler::TaskList& found, const std::multiset<scheduler::TaskId>& expected) {
        return std::multiset(found.begin(), found.end()) == expected;
    };
    for (const auto& [name, worker] : workers.all()) {
        REQUIRE(same(tasks.index().runnable_by(worker.name), runnable[worker.name]));
        REQUIRE(same(tasks.index().of_interest_to(worker.name), of_interest[worker.name]));
    }
    for (const auto& [worker, found] : of_interest) REQUIRE(workers.find(*worker));
    for (const auto& [worker, found] : runnable) REQUIRE(workers.find(*worker));
}

}  // namespace

void run_day(std::uint64_t seed, int steps) {
    INFO("seed " << seed);
    scheduler::Config config;
    config.resources = {{"db", 3}};
    config.retry_delay = scheduler::Seconds(5);
    scheduler::State state(config, seed);
    RandomRequests random(seed);
    Time now = FakeClock::start;
    for (int step = 0; step < steps; ++step) {
        INFO("step " << step);
        now += std::chrono::duration_cast<Time::duration>(random.passing_time());
        const wire::Request request = random.next(state.board());
        const auto* question = std::get_if<wire::GetWork>(&request);
        if (question && !question->current_tasks)
            compare(state, *question, now);
        else
            state.handle(request, now);
        if (step % 10 != 0) continue;
        compare_families(state.board().tasks);
        compare_workers(state.board().tasks, state.board().workers);
    }
}

}  // namespace freshet::test
