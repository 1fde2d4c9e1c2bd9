// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/task_snapshot.hpp"
#include "store/attempt_log_store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace freshet::dashboard {

/// Content of a task page.
struct TaskPageData {
    std::string id{};
    Time now{};
    std::optional<TaskSnapshot> known{};  ///< none: pruned or unknown
    TaskHistory history{};
    std::vector<store::AttemptLogKey> logs{};  ///< of its attempts
    std::optional<store::RunRow> run{};        ///< of the newest attempt at it or, without one, at what it waits for
    std::string version{};
    bool may_operate = false;  ///< the viewer may change tasks
    std::string commands{};    ///< options of the commands that change tasks where no viewer may; empty: none

    /// The log of an attempt; nothing if it has none.
    std::optional<store::AttemptLogKey> log_of(const store::AttemptRow& attempt) const;
    /// Returns false if neither the scheduler nor the history knows the task.
    bool is_known() const { return known || !history.attempts.empty() || !history.changes.empty(); }
};

/// Reads the history of the task, and its run.
void read_history(store::History& history, TaskPageData& data);

/// Renders a known task: state and reason, actions, error, attempts, requirements and dependants, parameters, history.
std::string task_page(const TaskPageData& data);
/// What the scheduler knows of it is null for a pruned task.
Json task_json(const TaskPageData& data);

/// Renders the page of an unknown task.
std::string no_task_page(const TaskPageData& data);

/// Returns true for an http or https URL, the only ones that become links.
bool is_web_address(std::string_view url);

}  // namespace freshet::dashboard
