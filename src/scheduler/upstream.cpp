// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/upstream.hpp"

#include <algorithm>
#include <array>

namespace freshet::scheduler {

namespace {

constexpr std::array<std::string_view, 5> severity_texts = {"", "UPSTREAM_RUNNING", "UPSTREAM_MISSING_INPUT",
                                                            "UPSTREAM_FAILED", "UPSTREAM_DISABLED"};

}  // namespace

Upstream::Severity Upstream::of_leaf(const Task& task) {
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

bool Upstream::is_inner(const Task& task) { return task.known && task.status == Status::pending && !task.deps.empty(); }

std::string_view Upstream::status(TaskId id) {
    std::vector<TaskId> stack{id};
    while (!stack.empty()) {
        const TaskId task = stack.back();
        stack.pop_back();
        if (look_into(task, stack)) continue;
        Severity worst = Severity::none;
        for (const TaskId dep : board_.tasks[task].deps)
            if (const auto found = known_.find(dep); found != known_.end()) worst = std::max(worst, found->second);
        known_[task] = worst;
    }
    return severity_texts[static_cast<std::size_t>(known_[id])];
}

/// False when all dependencies have been looked into and the task itself is due.
bool Upstream::look_into(TaskId id, std::vector<TaskId>& stack) {
    const Task& task = board_.tasks[id];
    const auto [found, first] = known_.emplace(id, Severity::none);
    if (!is_inner(task)) {
        if (task.known) found->second = of_leaf(task);
        return true;
    }
    if (!first) return found->second != Severity::none;
    stack.push_back(id);
    stack.insert(stack.end(), task.deps.begin(), task.deps.end());
    return true;
}

}  // namespace freshet::scheduler
