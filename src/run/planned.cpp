// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/planned.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace freshet::run {

namespace {

std::string missing_outputs(const AnyTask& task) {
    std::string first;
    std::size_t missing = 0;
    const auto outputs = task.outputs();
    for (const AnyTarget& output : outputs) {
        if (output.exists()) continue;
        if (missing++ == 0) first = output.address();
    }
    if (outputs.empty()) return task.type().has_outputs ? "it names no output" : "it says that it is not complete";
    if (missing == 0) return "it says that it is not complete, although its outputs exist";
    if (missing == 1) return fmt::format("'{}' does not exist", first);
    return fmt::format("'{}' and {} other output{} do not exist", first, missing - 1, missing == 2 ? "" : "s");
}

}  // namespace

std::string reason_of(const worker::Node& node) {
    if (!node.error.empty()) return fmt::format("nobody can tell whether it is complete: {}", node.error);
    if (node.is_complete) return "it is complete";
    switch (node.task.type().kind) {
        case TaskKind::wrapper:
            return "something it requires is not complete";
        case TaskKind::external:
            return missing_outputs(node.task) + ", and somebody else makes it";
        case TaskKind::task:
            return missing_outputs(node.task);
    }
    return {};
}

bool would_run(const worker::Node& node) {
    return !node.is_complete && node.error.empty() && node.task.type().kind == TaskKind::task;
}

bool is_complete(const worker::Plan& plan) {
    return std::all_of(plan.roots().begin(), plan.roots().end(),
                       [&](std::size_t root) { return plan[root].is_complete; });
}

std::vector<TaskResult> reports_of_complete(const worker::Plan& plan) {
    std::vector<TaskResult> reports;
    for (std::size_t node = 0; node < plan.size(); ++node)
        reports.push_back({.task = plan[node].task, .status = TaskStatus::complete});
    return reports;
}

}  // namespace freshet::run
