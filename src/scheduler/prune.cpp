// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/prune.hpp"

#include "scheduler/held_tasks.hpp"
#include "scheduler/removed_runs.hpp"
#include "scheduler/set_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace freshet::scheduler {

namespace {

std::vector<TaskId> tasks_run_by(const SchedulerState& state, const Symbol& worker) {
    std::vector<TaskId> tasks;
    for (const Rank& rank : state.tasks.index().running_of(worker)) tasks.push_back(rank.task);
    const auto& members = state.tasks.index().batch_running_of(worker);
    tasks.insert(tasks.end(), members.begin(), members.end());
    return tasks;
}

enum class RemoveFrom { tasks, tasks_and_stakeholders };

template <WorkerSet Task::*worker_set>
void remove_workers(TaskTable& tasks, const TaskList& ids, const std::vector<Symbol>& gone) {
    std::map<WorkerSet, WorkerSet> left;  // many tasks have the same worker set
    for (const TaskId id : ids) {
        const auto [found, added] = left.try_emplace(tasks[id].*worker_set);
        if (added) found->second = tasks.worker_set_without(found->first, gone);
        if (found->second != found->first) tasks.change(id, [&](Task& task) { task.*worker_set = found->second; });
    }
}

/// Removes the workers from their tasks; visits no others.
void remove_workers_from_tasks(SchedulerState& state, const std::vector<Symbol>& gone, RemoveFrom what) {
    for (const Symbol& worker : gone) {
        remove_workers<&Task::workers>(state.tasks, state.tasks.index().runnable_by(worker), gone);
        if (what == RemoveFrom::tasks) continue;
        remove_workers<&Task::stakeholders>(state.tasks, state.tasks.index().with_stakeholder(worker), gone);
    }
}

/// Ends the worker's attempts with this status, unless their combined task has ended them already.
void end_attempts_of(SchedulerState& state, const Symbol& worker, Status status, const Cause& cause) {
    for (const TaskId id : tasks_run_by(state, worker)) {
        if (!is_running(state.tasks[id])) continue;
        const bool is_combined = state.tasks[id].batch && !state.tasks[id].batchable;
        set_status(state, id, status, cause);
        state.tasks.change(id, [&](Task& task) {
            task.worker_running = nullptr;
            if (is_combined) task.expires_at = cause.now;  // its members are run again
        });
    }
}

/// Takes the workers off their tasks, and lets others have what was reserved for them.
void release_claims(SchedulerState& state, const std::vector<Symbol>& gone) {
    remove_workers_from_tasks(state, gone, RemoveFrom::tasks_and_stakeholders);
    ++state.drained_generation;
    ++state.ready_generation;
}

/// Ends the run of a worker that has not told its end.
void end_run_of(SchedulerState& state, const Worker& worker, Time now, std::string why) {
    const std::string run = run_id(worker.info);
    if (run.empty() || info_value(worker, rpc::run_keys::run_end).is_object()) return;
    state.pending_history.runs.push_back({.run_id = run, .at = now, .end = RunStep::End{.summary = std::move(why)}});
}

void drop_silent_workers(SchedulerState& state, Time now) {
    std::vector<Symbol> silent;
    for (const auto& [name, worker] : state.workers.all())
        if (saturating_add(worker.last_active, state.config.worker_disconnect_delay) < now)
            silent.push_back(worker.name);
    if (silent.empty()) return;
    release_claims(state, silent);
    const auto reason = [&](const Symbol& worker) {
        return fmt::format("worker '{}' was silent for more than {} s", *worker,
                           state.config.worker_disconnect_delay.count());
    };
    for (const Symbol& worker : silent) {
        if (state.config.records_runs) end_run_of(state, *state.workers.find(*worker), now, reason(worker));
        state.workers.remove(*worker);
    }
    for (const Symbol& worker : silent) state.family_stats.add_expired_leases(tasks_run_by(state, worker).size());
    for (const Symbol& worker : silent) {
        const auto lost = tasks_run_by(state, worker);
        end_attempts_of(state, worker, Status::failed,
                        {.now = now, .attempt_status = "LOST", .message = reason(worker)});
        for (const TaskId id : lost)
            state.tasks.change(id, [&](Task& task) {
                details(task).lost_worker = worker;
                details(task).loss = state.symbol(reason(worker));
            });
    }
}

void set_expiries(SchedulerState& state, Time now) {
    const auto& tasks = state.tasks.index().orphaned();
    for (const TaskId id : std::vector<TaskId>(tasks.begin(), tasks.end()))
        state.tasks.change(id, [&](Task& task) { task.expires_at = saturating_add(now, state.config.remove_delay); });
}

void retry_due_tasks(SchedulerState& state, Time now) {
    const auto& retry_times = state.tasks.index().retry_times();
    std::vector<TaskId> due;
    for (auto retry = retry_times.begin(); retry != retry_times.end() && retry->first < now; ++retry)
        due.push_back(retry->second);
    for (const TaskId id : due) {
        if (state.tasks[id].status == Status::disabled)
            re_enable(state, id, now);
        else
            set_status(state, id, Status::pending, {.now = now, .message = "its back-off is over"});
    }
}

/// Held tasks are looked at again this much later, however short the delay of a removal is.
constexpr Seconds least_hold{1};

/// Puts off the removal of tasks that an operator may want to have tried again.
void hold_failed(SchedulerState& state, std::vector<TaskId>& expired, Time now) {
    if (expired.empty() || !state.config.holds_failed_tasks) return;
    const auto held = held_tasks(state);
    const Seconds delay = std::max(state.config.remove_delay, least_hold);
    std::erase_if(expired, [&](TaskId id) {
        if (!held.contains(id)) return false;
        state.tasks.change(id, [&](Task& task) {
            Time& since = details(task).unneeded_since;
            if (since == never) since = saturating_add(task.expires_at, -state.config.remove_delay);
            task.expires_at = saturating_add(now, delay);
        });
        return true;
    });
}

void remove_expired(SchedulerState& state, Time now) {
    std::vector<TaskId> expired;
    for (const auto& [expires_at, id] : state.tasks.index().expiries()) {
        if (expires_at > now) break;
        expired.push_back(id);
    }
    hold_failed(state, expired, now);
    if (expired.empty()) return;
    keep_failures(state, expired, now);
    keep_runs(state, expired, now);
    for (const TaskId id : expired) state.tasks.remove(id);
}

}  // namespace

void prune(SchedulerState& state, Time now) {
    drop_silent_workers(state, now);
    set_expiries(state, now);
    retry_due_tasks(state, now);
    remove_expired(state, now);
    if (state.rate_limiter.expire_grants(now)) ++state.ready_generation;
}

std::optional<Time> next_change(const SchedulerState& state) {
    const TaskIndex& index = state.tasks.index();
    Time next = never;
    const auto after = [](Time time) { return time == never ? never : time + Time::duration(1); };
    if (!index.retry_times().empty()) next = std::min(next, after(index.retry_times().begin()->first));
    if (!index.expiries().empty()) next = std::min(next, index.expiries().begin()->first);
    next = std::min(next, state.rate_limiter.next_expiry().value_or(never));
    const Time silent = state.workers.oldest_heartbeat();
    if (silent != never) next = std::min(next, after(saturating_add(silent, state.config.worker_disconnect_delay)));
    return next == never ? std::nullopt : std::optional(next);
}

bool drop_dead_workers(SchedulerState& state, const IsDead& is_dead, Time now) {
    std::vector<Symbol> dead;
    for (const auto& [name, worker] : state.workers.all())
        if (is_dead(worker.info)) dead.push_back(worker.name);
    if (dead.empty()) return false;
    for (const Symbol& worker : dead)
        end_attempts_of(state, worker, Status::pending,
                        {.now = now, .attempt_status = "LOST", .message = fmt::format("worker '{}' died", *worker)});
    for (const Symbol& worker : dead) state.workers.forget(*worker);
    release_claims(state, dead);
    return true;
}

void drop_ended_worker(SchedulerState& state, const std::string& name) {
    const Symbol worker = state.workers.find(name)->name;
    if (!tasks_run_by(state, worker).empty()) return;
    release_claims(state, {worker});
    state.workers.forget(name);
}

void disable_worker(SchedulerState& state, Worker& worker) {
    remove_workers_from_tasks(state, {worker.name}, RemoveFrom::tasks);
    worker.disabled = true;
    state.workers.mark_dirty(worker);
    ++state.drained_generation;
}

}  // namespace freshet::scheduler
