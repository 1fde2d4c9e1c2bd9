// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/components.hpp"
#include "dashboard/front_page.hpp"
#include "dashboard/html.hpp"
#include "freshet/json.hpp"

#include <optional>
#include <vector>

namespace freshet::dashboard {

/// A condition that an operator should know about, as one sentence.
struct Alert {
    Severity severity = Severity::error;
    std::string label{};             ///< state of the subject, as on its badge
    std::optional<TaskRef> task{};   ///< that it is about
    std::optional<TaskRef> cause{};  ///< another task that the text names
    Html text{};
    Html detail{};            ///< since when, blocked tasks, similar tasks
    Json retry{};             ///< arguments of the RPC retry_tasks for all of a family, for a button; null: none
    Json acknowledge{};       ///< arguments of the RPC acknowledge_failures, for a button; null: none
    bool is_failure = false;  ///< of tasks, which Snapshot::alerted counts
};

/// Returns true for a run that ended before it was complete, without a failure.
bool is_unfinished(const StalledTasks& stalled);

/// Returns the problems, errors before warnings.
std::vector<Alert> find_alerts(const Snapshot& snapshot, const FrontPageOptions& options);

/// Returns the delays that need no operator: tasks that are not ready, and ready tasks in a queue.
std::vector<Alert> find_delays(const Snapshot& snapshot);

/// Returns the alerts as an HTML list in the style of the severity, with their buttons for those who may operate.
Html alert_list(const std::vector<Alert>& alerts, Severity severity, bool may_operate);

}  // namespace freshet::dashboard
