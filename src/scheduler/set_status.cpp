// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/set_status.hpp"

#include "scheduler/retries.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

void reset_failures(Task& task) {
    clear_failures(task);
    if (task.details) task.details->disabled_by_scheduler = false;
}

/// Ends the members of a batch as the combined task ended.
void end_batch(SchedulerState& state, TaskId combined, Status status, const Cause& cause) {
    for (const TaskId member : members(state, state.tasks[combined].batch)) {
        set_status(state, member, status, cause);
        state.tasks.change(member, [](Task& task) { task.batch = nullptr; });
    }
    state.tasks.change(combined, [](Task& task) { task.batch = nullptr; });
}

bool is_protected(const Task& task, Status status) {
    return task.status == Status::disabled && details(task).disabled_by_scheduler && status != Status::disabled &&
           status != Status::done;
}

void apply_failed(const SchedulerState& state, Task& task, Status& status, const Cause& cause) {
    if (task.status == Status::disabled) {  // disabled by a worker, which another one may undo
        task.retries_exhausted = false;
        task.failure_class.reset();
        task.retry_at = retry_time(state.config, cause.now);
    } else {
        status = next_status(state.config, state.seed, task, cause.failure, cause.now);
    }
}

void apply_status(const SchedulerState& state, Task& task, Status& status, const Cause& cause) {
    if (task.details && status != Status::pending) task.details->lost_worker = nullptr;
    if (status == Status::failed) {
        apply_failed(state, task, status, cause);
        return;
    }
    if (task.status == Status::disabled && status == Status::done) reset_failures(task);
    task.retry_at = never;
    task.retries_exhausted = false;
    task.failure_class.reset();
    if (task.details) task.details->is_to_rerun = false;
    if (status == Status::done) {
        task.transient_failures = 0;
        end_failures(task);
    }
    if (status == Status::disabled && task.details) {
        task.details->disabled_by_scheduler = false;
        task.details->is_acknowledged = false;
    }
}

void record_change(SchedulerState& state, TaskId id, Status before, const Cause& cause) {
    const Task& task = state.tasks[id];
    if (task.status == before) return;
    state.pending_history.history.push_back(
        {task.id, cause.now, task.status, reporter(cause.worker, cause.principal), cause.message});
    const bool was_running = before == Status::running || before == Status::batch_running;
    if (!was_running || is_running(task)) return;
    AttemptEnded end{.task_id = task.id,
                     .worker = task.worker_running ? *task.worker_running : std::string(),
                     .at = cause.now,
                     .status = cause.attempt_status.empty() ? std::string(text(task.status)) : cause.attempt_status,
                     .message = cause.message,
                     .facts = cause.facts,
                     .has_begun = cause.has_begun};
    if (cause.failure) end.failure_class = cause.failure->failure_class;
    state.family_stats.record_attempt(task, end);
    state.pending_history.attempts.push_back({.ended = std::move(end)});
    if (!cause.has_begun) state.tasks.change(id, [](Task& changed) { --changed.attempts; });
}

}  // namespace

std::string reporter(const std::string& worker, const std::string& principal) {
    constexpr std::string_view prefix = "operator ";
    if (!principal.empty()) return std::string(prefix) + principal;
    return worker.starts_with(prefix) ? "worker " + worker : worker;
}

void set_status(SchedulerState& state, TaskId id, Status status, const Cause& cause) {
    const Task& task = state.tasks[id];
    if ((status == Status::disabled && is_running(task)) || is_protected(task, status)) return;
    const bool is_combined = task.batch && !task.batchable;
    if (task.status == Status::running && task.batch && status != Status::running) end_batch(state, id, status, cause);
    const Status before = task.status;
    state.tasks.change(id, [&](Task& changed) {
        apply_status(state, changed, status, cause);
        if (status != changed.status) {
            if (changed.status == Status::batch_running && status != Status::running) changed.batch = nullptr;
            changed.status = status;
            changed.updated = cause.now;
        }
        if (status == Status::failed && is_combined) changed.expires_at = cause.now;
        if (is_combined && (status == Status::failed || status == Status::disabled))
            acknowledge_failures(changed);  // those of its members count
    });
    record_change(state, id, before, cause);
}

void start_attempt(SchedulerState& state, TaskId id, const Symbol& worker, rpc::LeaseToken lease, Time now) {
    state.tasks.change(id, [&](Task& task) {
        task.worker_running = worker;
        task.time_running = now;
        task.lease = lease;
        ++task.attempts;
        if (task.details) task.details->statistics = {};
    });
    const Task& task = state.tasks[id];
    const Worker* runner = state.config.records_runs ? state.workers.find(*worker) : nullptr;
    state.pending_history.attempts.push_back(
        {.started = AttemptStarted{task.id, task.attempts, *worker, now, runner ? run_id(runner->info) : ""}});
}

void re_enable(SchedulerState& state, TaskId id, const Cause& cause) {
    state.tasks.change(id, reset_failures);
    set_status(state, id, Status::failed, cause);
}

std::vector<TaskId> members(const SchedulerState& state, const Symbol& batch) {
    if (!batch) return {};
    const auto& found = state.tasks.index().batch_members(batch);
    std::vector<TaskId> ids(found.begin(), found.end());
    std::sort(ids.begin(), ids.end(),
              [&](TaskId a, TaskId b) { return state.tasks[a].sequence < state.tasks[b].sequence; });
    return ids;
}

}  // namespace freshet::scheduler
