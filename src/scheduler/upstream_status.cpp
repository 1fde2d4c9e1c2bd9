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

std::optional<std::string_view> UpstreamStatus::find(const SchedulerState& state, TaskId id, Budget& budget) {
    severities_.resize(state.tasks.id_limit());
    if (stack_.empty()) stack_.push_back(id);
    for (bool has_moved = false; !stack_.empty(); has_moved = true) {
        if (has_moved && budget.is_consumed()) return std::nullopt;
        const TaskId task = stack_.back();
        stack_.pop_back();
        budget.consume(Budget::visit * (1 + state.tasks[task].deps.size()));
        if (visit(state, task)) continue;
        Severity worst = Severity::none;
        for (const TaskId dep : state.tasks[task].deps) worst = std::max(worst, severity(dep));
        severity(task) = worst;
    }
    return severity_texts[static_cast<std::size_t>(severity(id)) - 1];
}

/// Returns false when all dependencies have been visited and the task itself is due.
bool UpstreamStatus::visit(const SchedulerState& state, TaskId id) {
    const Task& task = state.tasks[id];
    const bool is_first = severity(id) == Severity::unvisited;
    if (is_first) severity(id) = Severity::none;
    if (!is_inner(task)) {
        if (task.known) severity(id) = leaf_severity(task);
        return true;
    }
    if (!is_first) return severity(id) != Severity::none;
    stack_.push_back(id);
    stack_.insert(stack_.end(), task.deps.begin(), task.deps.end());
    return true;
}

}  // namespace freshet::scheduler
