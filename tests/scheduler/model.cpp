// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "model.hpp"

#include "random_requests.hpp"
#include "scheduler/state_machine.hpp"
#include "slow_scheduler.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

namespace freshet::test {

namespace {

std::vector<std::string> assigned_ids(const rpc::Work& work) {
    if (const auto* one = std::get_if<rpc::Assignment>(&work.assignment)) return {one->task_id};
    if (const auto* batch = std::get_if<rpc::BatchAssignment>(&work.assignment)) return batch->task_ids;
    return {};
}

bool is_disabled(const scheduler::SchedulerState& state, const std::string& worker) {
    const auto* known = state.workers.find(worker);
    return known && known->disabled;
}

/// Asks for work, and compares the answer with the slow scheduler's.
void compare(scheduler::StateMachine& machine, const rpc::GetWork& request, Time now) {
    if (is_disabled(machine.state(), request.worker)) return;
    ReferenceScheduler reference(machine.state(), request, now);
    const auto expected = reference.chosen();
    const auto counts = reference.pending();
    const auto work = std::get<rpc::Work>(machine.handle(request, now));
    REQUIRE(assigned_ids(work) == expected);
    REQUIRE(work.pending.n_pending_tasks == counts.n_pending_tasks);
    REQUIRE(work.pending.n_unique_pending == counts.n_unique_pending);
    REQUIRE(work.pending.n_pending_last_scheduled == counts.n_pending_last_scheduled);
}

std::set<scheduler::TaskId> roots_of(const scheduler::TaskTable& tasks, const scheduler::Symbol& family) {
    std::set<scheduler::TaskId> roots;
    for (const scheduler::TaskId id : tasks.in_order())
        if (tasks[id].family == family && tasks[id].dependants.empty()) roots.insert(id);
    return roots;
}

/// The families as counted on the way are those that one counts by looking at every task.
void compare_families(const scheduler::TaskTable& tasks) {
    std::map<scheduler::Symbol, scheduler::FamilyCounts> counted;
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
    std::map<scheduler::Symbol, std::multiset<scheduler::TaskId>> runnable;
    std::map<scheduler::Symbol, std::multiset<scheduler::TaskId>> of_interest;
    for (const scheduler::TaskId id : tasks.in_order()) {
        for (const scheduler::Symbol& worker : *tasks[id].workers) runnable[worker].insert(id);
        for (const scheduler::Symbol& worker : *tasks[id].stakeholders) of_interest[worker].insert(id);
    }
    const auto same = [](const scheduler::TaskList& found, const std::multiset<scheduler::TaskId>& expected) {
        return std::multiset(found.begin(), found.end()) == expected;
    };
    for (const auto& [name, worker] : workers.all()) {
        REQUIRE(same(tasks.index().runnable_by(worker.name), runnable[worker.name]));
        REQUIRE(same(tasks.index().with_stakeholder(worker.name), of_interest[worker.name]));
    }
    for (const auto& [worker, found] : of_interest) REQUIRE(workers.find(*worker));
    for (const auto& [worker, found] : runnable) REQUIRE(workers.find(*worker));
}

}  // namespace

void compare_with_reference(std::uint64_t seed, int steps) {
    INFO("seed " << seed);
    scheduler::Config config;
    config.resources = {{"db", 3}};
    config.retry_delay = scheduler::Seconds(5);
    scheduler::StateMachine machine(config, seed);
    RandomRequests random(seed);
    Time now = FakeClock::start;
    for (int step = 0; step < steps; ++step) {
        INFO("step " << step);
        now += std::chrono::duration_cast<Time::duration>(random.next_time_step());
        const rpc::Request request = random.next(machine.state());
        const auto* get_work = std::get_if<rpc::GetWork>(&request);
        if (get_work && !get_work->current_tasks)
            compare(machine, *get_work, now);
        else
            machine.handle(request, now);
        if (step % 10 != 0) continue;
        compare_families(machine.state().tasks);
        compare_workers(machine.state().tasks, machine.state().workers);
    }
}

}  // namespace freshet::test
