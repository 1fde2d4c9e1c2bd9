// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/task_snapshot.hpp"

#include <optional>
#include <string>

namespace freshet::dashboard {

/// What a task's page is made of. At least one of `known` and `history` tells something.
struct TaskPageData {
    std::string id{};
    Time now{};
    std::optional<TaskSnapshot> known{};  ///< none: the scheduler has forgotten it
    TaskHistory history{};
    std::string version{};

    bool is_known() const { return known || !history.attempts.empty() || !history.changes.empty(); }
};

/// A task's parameters, state and why, what it requires and what requires it, its error, attempts and history.
std::string task_page(const TaskPageData& data);

/// That there is no such task.
std::string no_task_page(const TaskPageData& data);

/// Whether a browser may be led there: http and https only.
bool is_web_address(std::string_view url);

}  // namespace freshet::dashboard
