// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker.hpp"

#include <fmt/format.h>

namespace freshet::worker {

namespace {

TaskStatus status_of_failure(const FinishedAttempt& end) {
    return end.failure_class == FailureClass::not_ready ? TaskStatus::not_ready : TaskStatus::failed;
}

/// Why `node` kept others from starting, from what is known of it.
std::string blocker_message(const AnyTask& task, TaskStatus status, const std::string& message) {
    switch (status) {
        case TaskStatus::failed:
            return fmt::format("{} failed: {}", task.description(), message);
        case TaskStatus::not_ready:
            return fmt::format("{} is not there yet: {}", task.description(), message);
        case TaskStatus::running_elsewhere:
            return fmt::format("{}: {}", task.description(), message);
        case TaskStatus::missing_external:
            return fmt::format("{} is missing", task.description());
        case TaskStatus::scheduling_failed:
            return fmt::format("{} could not be looked at: {}", task.description(), message);
        default:
            return message;
    }
}

}  // namespace

std::vector<TaskResult> Worker::reports() const {
    std::vector<TaskResult> reports;
    for (std::size_t node = 0; node < plan_.size(); ++node) {
        const Node& known = plan_[node];
        const TaskState task_state = node < task_states_.size() ? task_states_[node] : TaskState{};
        TaskResult report{.task = known.task, .status = TaskStatus::not_run, .attempts = task_state.attempts};
        if (task_state.is_done) {
            report.status = task_state.is_done_elsewhere ? TaskStatus::complete : TaskStatus::done;
        } else if (const auto other = running_elsewhere_.find(node); other != running_elsewhere_.end()) {
            report.status = TaskStatus::running_elsewhere;
            report.message = fmt::format("worker '{}' runs it", other->second);
        } else if (known.is_complete) {
            report.status = TaskStatus::complete;
        } else if (!known.error.empty()) {
            report.status = TaskStatus::scheduling_failed;
            report.message = known.error;
        } else if (task_state.last && task_state.last->status == FinishedAttempt::Status::failed) {
            report.status = status_of_failure(*task_state.last);
            report.message = task_state.last->message;
        } else if (known.task.type().kind == TaskKind::external) {
            report.status = TaskStatus::missing_external;
        }
        reports.push_back(std::move(report));
    }
    // What did not start says which of its requirements, at the end of the chain, was in the way.
    for (const std::size_t node : topological_order(plan_.graph())) {
        if (reports[node].status != TaskStatus::not_run) continue;
        for (const std::size_t required : plan_[node].requirements) {
            const TaskResult& blocker = reports[required];
            if (blocker.status == TaskStatus::done || blocker.status == TaskStatus::complete) continue;
            reports[node].message = blocker_message(blocker.task, blocker.status, blocker.message);
            break;
        }
    }
    return reports;
}

}  // namespace freshet::worker
