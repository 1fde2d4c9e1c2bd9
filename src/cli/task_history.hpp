// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/state_reader.hpp"
#include "store/history.hpp"

#include <optional>
#include <string>
#include <vector>

namespace freshet::cli {

/// The history of one task in the state.
struct TaskHistory {
    std::optional<store::TaskRow> row{};
    std::optional<store::AttemptRow> last{};  ///< the last attempt
    std::optional<Time> retry_at{};           ///< end of the retry delay, if in the future
    std::optional<Time> forgiven_at{};        ///< when an operator had it tried again after the last attempt
    std::string loss{};                       ///< why the last attempt was lost; "" if it was not
    bool is_disabled = false;                 ///< by its retry policy, and a run leaves it so

    bool is_running() const { return last && !last->ended && loss.empty(); }
    bool is_lost() const { return !loss.empty(); }
    bool has_failed() const;
    bool is_not_ready() const { return has_failed() && last->failure_class == "not_yet"; }
    /// The last attempt, which failed, runs or was lost, in the scheduler's words: "failed at attempt 3 at
    /// 2026-08-21T06:00:01Z: why".
    std::string describe_last() const;
    /// The ids of its requirements, including dynamic ones.
    std::vector<std::string> dependencies() const;
};

/// The history of a task of which only its last attempt is known.
TaskHistory task_history_of(store::AttemptRow last);

/// Without a state nothing is known.
TaskHistory load_task_history(const std::string& task_id, StateReader& state, Time now);

}  // namespace freshet::cli
