// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/leases.hpp"

#include <fmt/format.h>

namespace freshet::scheduler {

namespace {

std::string why_not_held(const Board& board, const std::string& task_id, const std::string& worker,
                         wire::LeaseToken lease) {
    const auto id = board.tasks.find(task_id);
    if (!id) return fmt::format("lease {} of task '{}' has ended: the task is not known", lease, task_id);
    const Task& task = board.tasks[*id];
    if (task.lease != lease)
        return fmt::format("lease {} of task '{}' was followed by lease {} of worker '{}'", lease, task_id, task.lease,
                           task.runner ? *task.runner : "");
    if (!is_running(task))
        return fmt::format("lease {} of task '{}' has ended: the task is {}", lease, task_id, text(task.status));
    if (!task.runner || *task.runner != worker)
        return fmt::format("lease {} of task '{}' is that of worker '{}'", lease, task_id,
                           task.runner ? *task.runner : "");
    return {};
}

wire::LeaseState ask(Board& board, const std::string& task_id, const std::string& worker, wire::LeaseToken lease,
                     Time now) {
    board.workers.touch(worker, now);
    std::string reason = why_not_held(board, task_id, worker, lease);
    if (!reason.empty()) return {.held = false, .reason = std::move(reason)};
    return {.held = true, .expires = lease_expiry(board, now)};
}

}  // namespace

Time lease_expiry(const Board& board, Time now) { return later(now, board.config.worker_disconnect_delay); }

Standing standing(const Board& board, const wire::AddTask& report) {
    const auto id = board.tasks.find(report.task_id);
    if (!id) return report.status == Status::done ? Standing::valid : Standing::refused;
    if (board.tasks[*id].lease != *report.lease) return Standing::refused;
    const Task& task = board.tasks[*id];
    if (is_running(task)) return Standing::valid;
    // The lease has ended and nobody else has the task. What is complete is complete; a second failure is none.
    const bool completes = report.status == Status::done && task.status != Status::done;
    return completes ? Standing::valid : Standing::duplicate;
}

std::string refusal(const Board& board, const wire::AddTask& report) {
    return why_not_held(board, report.task_id, report.worker, *report.lease);
}

wire::LeaseState renew_lease(Board& board, const wire::RenewLease& request, Time now) {
    return ask(board, request.task_id, request.worker, request.lease, now);
}

wire::LeaseState holds_lease(Board& board, const wire::HoldsLease& request, Time now) {
    return ask(board, request.task_id, request.worker, request.lease, now);
}

}  // namespace freshet::scheduler
