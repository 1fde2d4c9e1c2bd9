// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/leases.hpp"

#include "scheduler/set_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace freshet::scheduler {

namespace {

// Tokens are reserved in blocks, so that not every lease is a write: a restart skips the rest of its block.
constexpr rpc::LeaseToken lease_block = 10'000;

/// Larger than any that is ever given; exact as a number in JSON.
constexpr rpc::LeaseToken max_lease = rpc::LeaseToken{1} << 52U;

std::string lease_error(const SchedulerState& state, const std::string& task_id, const std::string& worker,
                        rpc::LeaseToken lease) {
    const auto id = state.tasks.find(task_id);
    if (!id) return fmt::format("lease {} of task '{}' has ended: the task is not known", lease, task_id);
    const Task& task = state.tasks[*id];
    if (task.lease != lease)
        return fmt::format("lease {} of task '{}' was superseded by lease {} of worker '{}'", lease, task_id,
                           task.lease, task.worker_running ? *task.worker_running : "");
    if (!is_running(task))
        return fmt::format("lease {} of task '{}' has ended: the task is {}", lease, task_id, text(task.status));
    if (!task.worker_running || *task.worker_running != worker)
        return fmt::format("lease {} of task '{}' belongs to worker '{}'", lease, task_id,
                           task.worker_running ? *task.worker_running : "");
    return {};
}

/// True if the attempt was ended because its worker was silent, and no other attempt has started since.
bool was_lost(const Task& task, rpc::LeaseToken lease) {
    const bool is_over = is_running(task) || task.status == Status::done;
    return task.lease == lease && !is_over && !task.worker_running && !task.batch;
}

void forget_loss(Task& task) {
    if (!task.details) return;
    auto& failures = task.details->failures;
    if (!failures.empty()) failures.pop_back();
    if (failures.empty()) task.details->first_failure = never;
    task.details->disabled_by_scheduler = false;
    if (task.details->failures_in_a_row > 0) --task.details->failures_in_a_row;
    if (task.details->failures_in_a_row == 0) task.details->last_failure = never;
    task.details->loss = nullptr;
}

/// Makes the attempt RUNNING again. Its resources count as used, though others may have got them meanwhile.
void resume(SchedulerState& state, TaskId id, const std::string& worker, Time now) {
    const Symbol name = state.symbol(worker);
    state.tasks.change(id, forget_loss);
    set_status(state, id, Status::running,
               {.now = now, .worker = worker, .message = "its worker is back, and nobody else had the task"});
    state.tasks.change(id, [&](Task& task) {
        task.worker_running = name;
        task.workers = state.tasks.worker_set_with(task.workers, name);
        task.stakeholders = state.tasks.worker_set_with(task.stakeholders, name);
        need(task);
    });
    state.pending_history.attempts.push_back({.resumed = AttemptResumed{state.tasks[id].id, worker}});
}

rpc::LeaseState lease_state(const SchedulerState& state, const std::string& task_id, const std::string& worker,
                            rpc::LeaseToken lease, Time now) {
    std::string reason = lease_error(state, task_id, worker, lease);
    if (!reason.empty()) return {.held = false, .reason = std::move(reason)};
    return {.held = true, .expires = lease_expiry(state, now)};
}

bool is_known_lost(const SchedulerState& state, const std::string& task_id, rpc::LeaseToken lease) {
    const auto id = state.tasks.find(task_id);
    return id && was_lost(state.tasks[*id], lease);
}

rpc::LeaseState check_and_extend(SchedulerState& state, const std::string& task_id, const std::string& worker,
                                 rpc::LeaseToken lease, Time now) {
    state.workers.record_heartbeat(worker, now);
    if (is_known_lost(state, task_id, lease)) resume(state, *state.tasks.find(task_id), worker, now);
    return lease_state(state, task_id, worker, lease, now);
}

/// True if the task was completed by others than attempts: the attempt may publish its output all the same.
bool is_done_without_attempt(const SchedulerState& state, const std::string& task_id, rpc::LeaseToken lease) {
    const auto id = state.tasks.find(task_id);
    return id && state.tasks[*id].status == Status::done && state.tasks[*id].lease == lease;
}

}  // namespace

void start_leases(SchedulerState& state, Time now) {
    // No scheduler gives a million tokens a second for long, so the time in microseconds is ahead of all of them.
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    state.last_lease = state.reserved_leases = static_cast<rpc::LeaseToken>(std::max<std::int64_t>(time, 0));
    state.settings_changed = true;
}

rpc::LeaseToken next_lease(SchedulerState& state) {
    if (++state.last_lease > state.reserved_leases) {
        state.reserved_leases = state.last_lease + lease_block;
        state.settings_changed = true;
    }
    return state.last_lease;
}

Time lease_expiry(const SchedulerState& state, Time now) {
    return saturating_add(now, state.config.worker_disconnect_delay);
}

LeaseCheck check_lease(const SchedulerState& state, const rpc::AddTask& report) {
    const auto id = state.tasks.find(report.task_id);
    if (!id) return report.status == Status::done ? LeaseCheck::valid : LeaseCheck::superseded;
    if (state.tasks[*id].lease != *report.lease) return LeaseCheck::superseded;
    const Task& task = state.tasks[*id];
    if (is_running(task)) return LeaseCheck::valid;
    // The lease has ended and no other attempt has started: a completion counts, a repeated failure does not.
    const bool completes = report.status == Status::done && task.status != Status::done;
    return completes ? LeaseCheck::valid : LeaseCheck::duplicate;
}

std::string rejection_reason(const SchedulerState& state, const rpc::AddTask& report) {
    return lease_error(state, report.task_id, report.worker, *report.lease);
}

void restore_attempt(SchedulerState& state, const rpc::HoldsLease& attempt, Time now) {
    if (attempt.lease == 0 || attempt.lease > max_lease || state.tasks.find(attempt.task_id)) return;
    const TaskId id = add_task(state, attempt.task_id, now);
    const Symbol worker = state.symbol(attempt.worker);
    set_status(state, id, Status::running,
               {.now = now, .worker = attempt.worker, .message = "its worker is back, and the task was forgotten"});
    state.tasks.change(id, [&](Task& task) {
        task.resources_running = state.no_resources;
        task.workers = task.stakeholders = state.tasks.worker_set({worker});
    });
    start_attempt(state, id, worker, attempt.lease, now);
    if (attempt.lease <= state.reserved_leases) return;
    state.last_lease = state.reserved_leases = attempt.lease;  // given by a scheduler whose state is gone
    state.settings_changed = true;
}

rpc::LeaseState renew_lease(SchedulerState& state, const rpc::RenewLease& request, Time now) {
    return check_and_extend(state, request.task_id, request.worker, request.lease, now);
}

rpc::LeaseState holds_lease(SchedulerState& state, const rpc::HoldsLease& request, Time now) {
    rpc::LeaseState lease = check_and_extend(state, request.task_id, request.worker, request.lease, now);
    if (!lease.held && is_done_without_attempt(state, request.task_id, request.lease))
        return {.held = true, .expires = lease_expiry(state, now)};
    return lease;
}

rpc::Leases taken_leases(SchedulerState& state, const rpc::Ping& request, Time now) {
    rpc::Leases taken;
    for (const auto& [task_id, token] : request.leases) {
        if (!state.tasks.find(task_id)) continue;  // forgotten, not taken
        const auto lease = static_cast<rpc::LeaseToken>(token);
        if (!check_and_extend(state, task_id, request.worker, lease, now).held) taken.emplace(task_id, token);
    }
    return taken;
}

std::optional<rpc::LeaseState> known_lease_state(const SchedulerState& state, const std::string& task_id,
                                                 const std::string& worker, rpc::LeaseToken lease, Time now) {
    if (!state.tasks.find(task_id) || is_known_lost(state, task_id, lease)) return std::nullopt;
    return lease_state(state, task_id, worker, lease, now);
}

}  // namespace freshet::scheduler
