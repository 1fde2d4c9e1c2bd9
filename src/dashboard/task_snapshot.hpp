// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "store/history.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::dashboard {

/// Content of a task page, copied on the scheduler's thread and bounded in size. Omits values of private parameters.
struct TaskSnapshot {
    Time taken{};
    TaskRef ref{};
    std::string why{};               ///< a sentence that begins after the name
    std::optional<TaskRef> cause{};  ///< the task that `why` names
    std::string family{};
    std::string module{};
    rpc::Parameters params{};           ///< public parameters
    std::set<std::string> in_name{};    ///< the parameters that its name has
    std::vector<std::string> hidden{};  ///< names of private parameters
    Time registered{};
    Time updated{};
    std::optional<Time> retry_at{};
    std::uint32_t attempts = 0;
    double priority = 0;
    rpc::Resources resources{};
    std::string runner{};                  ///< worker that runs it, or ran it last
    TruncatedList<std::string> workers{};  ///< connected ones that registered it and can run it
    bool can_be_run_now = false;           ///< by one of them, or by another that takes tasks of its family
    std::string tracking_url{};
    std::string message{};
    std::optional<double> progress{};
    std::vector<std::pair<std::string, std::string>> statistics{};  ///< reported by the last attempt
    std::string error{};                                            ///< last reported error
    bool has_alert = false;
    bool is_disabled_by_scheduler = false;  ///< after too many failures
    bool accepts_messages = false;
    std::string rerun_worker{};  ///< that can be asked to run the DONE task again; empty: none
    TruncatedList<TaskRef> requirements{};
    TruncatedList<TaskRef> dependants{};
};

/// Takes the snapshot of a task; nothing if it is unknown. Call on the scheduler's thread.
std::optional<TaskSnapshot> take_task_snapshot(const SchedulerState& state, std::string_view id, Time now);

/// History of a task from the state file.
struct TaskHistory {
    bool has_state_file = false;                ///< false: no history is kept
    std::vector<store::AttemptRow> attempts{};  ///< newest first
    std::vector<store::HistoryRow> changes{};   ///< newest first
    bool has_more_attempts = false;
    bool has_more_changes = false;
};

/// Reads the newest attempts and changes of a task.
TaskHistory read_history(store::History& history, std::string_view id);

}  // namespace freshet::dashboard
