// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "store/history.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::dashboard {

/// All that the scheduler knows of one task, as far as it may be shown; copied on its thread, bounded.
struct TaskSnapshot {
    Time taken{};
    TaskRef task{};
    std::string why{};  ///< a sentence that begins after the name
    std::string family{};
    std::string module{};
    rpc::Parameters params{};           ///< the public ones
    std::vector<std::string> hidden{};  ///< the names of the others
    Time registered{};
    Time updated{};
    std::optional<Time> retry_at{};
    std::uint32_t attempts = 0;
    double priority = 0;
    rpc::Resources resources{};
    std::string runner{};                  ///< who runs it, or was the last to
    TruncatedList<std::string> workers{};  ///< who can run it
    std::string tracking_url{};
    std::string message{};
    std::optional<double> progress{};
    std::string error{};  ///< of the last attempt that said one
    TruncatedList<TaskRef> requirements{};
    TruncatedList<TaskRef> dependants{};
};

/// Nothing when the scheduler does not know the task. To be called on its thread.
std::optional<TaskSnapshot> take_task_snapshot(const SchedulerState& state, std::string_view id, Time now);

/// What the state file tells of one task.
struct TaskHistory {
    bool has_state_file = false;                ///< there is a state file
    std::vector<store::AttemptRow> attempts{};  ///< the newest first
    std::vector<store::HistoryRow> changes{};   ///< the newest first
    bool has_more_attempts = false;
    bool has_more_changes = false;
};

TaskHistory read_history(store::History& history, std::string_view id);

}  // namespace freshet::dashboard
