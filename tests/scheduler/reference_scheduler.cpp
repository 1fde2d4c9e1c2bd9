// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "reference_scheduler.hpp"

#include "random_requests.hpp"
#include "scheduler/state_machine.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace freshet::test {

using rpc::Status;
using scheduler::Task;

namespace {

bool contains_worker(const scheduler::WorkerSet& worker_set, const std::string& worker) {
    return std::any_of(worker_set->begin(), worker_set->end(), [&](const auto& name) { return *name == worker; });
}

std::string parameter(const Task& task, const std::string& name) {
    for (const auto& [key, value] : task.params)
        if (key == name) return value;
    return "none";
}

void add(rpc::Resources& sum, const rpc::Resources& more) {
    for (const auto& [name, amount] : more) sum[name] += amount;
}

std::vector<std::string> assigned_ids(const rpc::Work& work) {
    if (const auto* one = std::get_if<rpc::Assignment>(&work.assignment)) return {one->task_id};
    if (const auto* batch = std::get_if<rpc::BatchAssignment>(&work.assignment)) return batch->task_ids;
    return {};
}

bool is_disabled(const scheduler::SchedulerState& state, const std::string& worker) {
    const auto* known = state.workers.find(worker);
    return known && known->disabled;
}

/// Asks for work and compares the response with the reference's.
void compare(scheduler::StateMachine& machine, const rpc::GetWork& request, Time now) {
    if (is_disabled(machine.state(), request.worker)) return;
    // A worker that was removed comes back with the batchers it had, which only the state machine can restore.
    if (!machine.state().workers.find(request.worker)) machine.handle(rpc::Ping{.worker = request.worker}, now);
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

/// Compares the counts of families with those of a walk through all tasks.
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

/// Compares the tasks of each worker with those of a walk through all tasks.
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

ReferenceScheduler::ReferenceScheduler(const scheduler::SchedulerState& state, const rpc::GetWork& request, Time now)
    : state_(state), worker_(request.worker), assistant_(request.assistant), families_(request.families), now_(now) {}

bool ReferenceScheduler::is_own(const Task& task) const { return contains_worker(task.workers, worker_); }

bool ReferenceScheduler::lists_family(const Task& task) const {
    return std::count(families_.begin(), families_.end(), *task.family) > 0;
}

bool ReferenceScheduler::accepts_family(const Task& task) const { return assistant_ || lists_family(task); }

bool ReferenceScheduler::is_trivial() const {
    if (!families_.empty()) return false;
    const scheduler::Worker* worker = state_.workers.find(worker_);
    if (assistant_ || (worker && scheduler::is_assistant(*worker))) return false;
    for (const auto id : state_.tasks.in_order(Status::pending))
        if (is_own(state_.tasks[id]) && !state_.tasks[id].resources->empty()) return false;
    return true;
}

bool ReferenceScheduler::schedulable(const Task& task) const {
    return task.status == Status::pending && std::all_of(task.deps.begin(), task.deps.end(), [&](auto dep) {
               return state_.tasks[dep].known && state_.tasks[dep].status == Status::done;
           });
}

bool ReferenceScheduler::fits(const Task& task, const rpc::Resources& used) const {
    for (const auto& [name, amount] : *task.resources) {
        const auto limit = state_.limits.find(name);
        const auto taken = used.find(name);
        if (amount + (taken == used.end() ? 0 : taken->second) > (limit == state_.limits.end() ? 1 : limit->second))
            return false;
    }
    return true;
}

bool ReferenceScheduler::waits_for_disabled(const Task& task) {
    if (!task.known) return false;
    if (task.status == Status::disabled) return true;
    if (task.status != Status::pending) return false;
    if (const auto known = waits_.find(task.id); known != waits_.end()) return known->second;
    bool waits = false;
    for (const auto dep : task.deps) waits = waits_for_disabled(state_.tasks[dep]) || waits;
    return waits_[task.id] = waits;
}

ReferenceScheduler::Tasks ReferenceScheduler::candidates(bool trivial) const {
    Tasks tasks;
    for (const auto id : state_.tasks.in_order()) {
        const Task& task = state_.tasks[id];
        if (task.status != Status::pending && task.status != Status::running) continue;
        if (!trivial || is_own(task)) tasks.push_back(&task);
    }
    std::stable_sort(tasks.begin(), tasks.end(),
                     [](const Task* a, const Task* b) { return a->priority > b->priority; });
    return tasks;
}

rpc::Resources ReferenceScheduler::used() const {
    rpc::Resources sum;
    for (const auto id : state_.tasks.in_order(Status::running))
        if (state_.tasks[id].resources_running) add(sum, *state_.tasks[id].resources_running);
    return sum;
}

std::map<std::string, std::int64_t> ReferenceScheduler::slots() const {
    std::map<std::string, std::int64_t> free{{worker_, 1}};
    for (const auto& [name, worker] : state_.workers.all())
        if (name == worker_ || (worker.last_get_work && *worker.last_get_work + std::chrono::seconds(60) > now_))
            free[name] = scheduler::slots(worker);
    return free;
}

const Task* ReferenceScheduler::walk(const Tasks& tasks, bool trivial) const {
    const rpc::Resources taken = trivial ? rpc::Resources{} : used();
    auto free = trivial ? std::map<std::string, std::int64_t>{} : slots();
    rpc::Resources greedy;
    for (const Task* task : tasks) {
        if (task->status == Status::running && task->worker_running && free.contains(*task->worker_running)) {
            --free[*task->worker_running];
            add(greedy, task->resources_running ? *task->resources_running : *task->resources);
        }
        if (!schedulable(*task) || !fits(*task, greedy)) continue;
        if (((task->runnable && assistant_) || lists_family(*task) || is_own(*task)) && fits(*task, taken)) return task;
        std::vector<std::string> reservers;
        for (const auto& name : *task->workers) reservers.push_back(*name);
        if (accepts_family(*task)) reservers.push_back(worker_);
        const auto reserver = std::find_if(reservers.begin(), reservers.end(),
                                           [&](const auto& name) { return free.contains(name) && free[name] > 0; });
        if (reserver == reservers.end()) continue;
        --free[*reserver];
        add(greedy, *task->resources);
    }
    return nullptr;
}

ReferenceScheduler::Tasks ReferenceScheduler::batch(const Tasks& tasks, const Task& first) const {
    const scheduler::Worker* worker = state_.workers.find(worker_);
    const auto batcher = worker ? worker->batchers.find(*first.family) : decltype(worker->batchers.end()){};
    if (!worker || batcher == worker->batchers.end() || !first.batchable) return {&first};
    Tasks batch{&first};
    const auto& batched = batcher->second.parameters;
    const auto alike = [&](const Task& task) {
        return std::all_of(first.params.begin(), first.params.end(), [&](const auto& p) {
            return std::count(batched.begin(), batched.end(), p.first) || parameter(task, p.first) == p.second;
        });
    };
    for (auto next = std::next(std::find(tasks.begin(), tasks.end(), &first)); next != tasks.end(); ++next) {
        if (batcher->second.max_size && static_cast<std::int64_t>(batch.size()) >= *batcher->second.max_size) break;
        const Task& task = **next;
        const bool may_run = families_.empty() || accepts_family(first) || is_own(task);
        if (may_run && task.family == first.family && task.batchable && alike(task) &&
            *task.resources == *first.resources && schedulable(task))
            batch.push_back(&task);
    }
    return batch;
}

std::vector<std::string> ReferenceScheduler::chosen() {
    if (state_.paused) return {};
    const bool trivial = is_trivial();
    const Tasks tasks = candidates(trivial);
    const Task* first = walk(tasks, trivial);
    if (!first) return {};
    std::vector<std::string> ids;
    for (const Task* task : batch(tasks, *first)) ids.push_back(task->id);
    return ids;
}

rpc::Pending ReferenceScheduler::pending() {
    rpc::Pending counts;
    for (const auto id : state_.tasks.in_order()) {
        const Task& task = state_.tasks[id];
        if (!is_own(task)) continue;
        const bool countable =
            task.status == Status::failed || (task.status == Status::pending && !waits_for_disabled(task));
        counts.n_pending_tasks += countable;
        counts.n_unique_pending += countable && task.workers->size() == 1;
        counts.n_pending_last_scheduled += countable && *task.workers->back() == worker_;
    }
    return counts;
}

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
