// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/page/task_view.hpp"

#include <optional>
#include <string>

namespace freshet::scheduler::page {

/// What a task's page is made of. At least one of `known` and `past` tells something.
struct TaskFacts {
    std::string id{};
    Time now{};
    std::optional<TaskView> known{};  ///< none: the scheduler has forgotten it
    TaskPast past{};
    std::string version{};

    bool is_known() const { return known || !past.attempts.empty() || !past.changes.empty(); }
};

/// A task's parameters, state and why, what it requires and what requires it, its error, attempts and history.
std::string task_page(const TaskFacts& facts);

/// That there is no such task.
std::string no_task_page(const TaskFacts& facts);

/// Whether a browser may be led there: http and https only.
bool is_web_address(std::string_view url);

}  // namespace freshet::scheduler::page
