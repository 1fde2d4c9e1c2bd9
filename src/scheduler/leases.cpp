// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/leases.hpp"

#include <fmt/format.h>

namespace freshet::scheduler {

namespace {

// Tokens are reserved in blocks, so that not every lease is a write: a restart skips the rest of its block.
constexpr rpc::LeaseToken lease_block = 10'000;

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

rpc::LeaseState check_and_extend(SchedulerState& state, const std::string& task_id, const std::string& worker,
                                 rpc::LeaseToken lease, Time now) {
    state.workers.record_heartbeat(worker, now);
    std::string reason = lease_error(state, task_id, worker, lease);
    if (!reason.empty()) return {.held = false, .reason = std::move(reason)};
    return {.held = true, .expires = lease_expiry(state, now)};
}

}  // namespace

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

rpc::LeaseState renew_lease(SchedulerState& state, const rpc::RenewLease& request, Time now) {
    return check_and_extend(state, request.task_id, request.worker, request.lease, now);
}

rpc::LeaseState holds_lease(SchedulerState& state, const rpc::HoldsLease& request, Time now) {
    return check_and_extend(state, request.task_id, request.worker, request.lease, now);
}

}  // namespace freshet::scheduler
