// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/upstream_status.hpp"

#include <algorithm>
#include <array>

namespace freshet::scheduler {

namespace {

constexpr std::array<std::string_view, 5> severity_texts = {"", "UPSTREAM_RUNNING", "UPSTREAM_MISSING_INPUT",
                                                            "UPSTREAM_FAILED", "UPSTREAM_DISABLED"};

}  // namespace

UpstreamStatus::Severity UpstreamStatus::leaf_severity(const Task& task) {
    switch (task.status) {
        case Status::failed:
            return Severity::failed;
        case Status::running:
        case Status::batch_running:
            return Severity::running;
        case Status::pending:
            return Severity::missing_input;
        case Status::disabled:
            return Severity::disabled;
        default:
            return Severity::none;
    }
}

bool UpstreamStatus::is_inner(const Task& task) {
    return task.known && task.status == Status::pending && !task.deps.empty();
}

std::string_view UpstreamStatus::status(TaskId id) {
    std::vector<TaskId> stack{id};
    while (!stack.empty()) {
        const TaskId task = stack.back();
        stack.pop_back();
        if (visit(task, stack)) continue;
        Severity worst = Severity::none;
        for (const TaskId dep : state_.tasks[task].deps)
            if (const auto found = severities_.find(dep); found != severities_.end())
                worst = std::max(worst, found->second);
        severities_[task] = worst;
    }
    return severity_texts[static_cast<std::size_t>(severities_[id])];
}

/// Returns false when all dependencies have been visited and the task itself is due.
bool UpstreamStatus::visit(TaskId id, std::vector<TaskId>& stack) {
    const Task& task = state_.tasks[id];
    const auto [found, first] = severities_.emplace(id, Severity::none);
    if (!is_inner(task)) {
        if (task.known) found->second = leaf_severity(task);
        return true;
    }
    if (!first) return found->second != Severity::none;
    stack.push_back(id);
    stack.insert(stack.end(), task.deps.begin(), task.deps.end());
    return true;
}

}  // namespace freshet::scheduler
