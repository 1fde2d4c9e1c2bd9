// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/page/snapshot.hpp"
#include "store/history.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler::page {

/// All that the scheduler knows of one task, as far as it may be shown; copied on its thread, bounded.
struct TaskView {
    Time taken{};
    TaskRef task{};
    std::string why{};  ///< a sentence that begins after the name
    std::string family{};
    std::string module{};
    wire::Parameters params{};          ///< the public ones
    std::vector<std::string> hidden{};  ///< the names of the others
    Time registered{};
    Time updated{};
    std::optional<Time> next_chance{};
    std::uint32_t attempts = 0;
    double priority = 0;
    wire::Resources resources{};
    std::string runner{};           ///< who runs it, or was the last to
    Listed<std::string> workers{};  ///< who can run it
    std::string tracking_url{};
    std::string message{};
    std::optional<double> progress{};
    std::string error{};  ///< of the last attempt that said one
    Listed<TaskRef> requirements{};
    Listed<TaskRef> dependants{};
};

/// Nothing when the scheduler does not know the task. To be called on its thread.
std::optional<TaskView> take_task(const Board& board, std::string_view id, Time now);

/// What the state file tells of one task.
struct TaskPast {
    bool is_kept = false;                       ///< there is a state file
    std::vector<store::AttemptRow> attempts{};  ///< the newest first
    std::vector<store::HistoryRow> changes{};   ///< the newest first
    bool has_more_attempts = false;
    bool has_more_changes = false;
};

TaskPast read_past(store::History& history, std::string_view id);

}  // namespace freshet::scheduler::page
