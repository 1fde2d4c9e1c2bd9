// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "store/history.hpp"

#include <optional>
#include <string>
#include <vector>

namespace freshet::run {

/// What the state tells of one task.
struct TaskHistory {
    std::optional<store::TaskRow> row{};
    std::optional<store::AttemptRow> last{};  ///< the last attempt
    std::optional<Time> retry_at{};           ///< when the pause after its failure ends, if that is to come

    bool is_running() const { return last && !last->ended; }
    bool has_failed() const;
    /// Whether it failed because something is not there yet.
    bool is_not_ready() const;

    /// "failed at attempt 3 at 2026-08-21T06:00:01Z: why"
    std::string describe_failure() const;
    /// "has been running since ..."
    std::string describe_running() const;
    /// The ids of what it depends on, also of what it found only while it ran.
    std::vector<std::string> dependencies() const;
};

/// `history` may be null: then nothing is known.
TaskHistory load_task_history(const std::string& task_id, store::History* history, Time now);

}  // namespace freshet::run
