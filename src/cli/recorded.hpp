// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/scheduler_access.hpp"
#include "cli/state_reader.hpp"
#include "store/history.hpp"

#include <string>
#include <vector>

// The history of a state, or that of a freshetd, which serves it as JSON.
namespace freshet::cli {

struct RecordedRun {
    store::RunRow row;
    bool is_lost = false;  ///< it has not ended, but its process has died
};

struct RecordedAttempt {
    store::AttemptRow row;
    bool is_lost = false;
};

/// The last runs, newest first. Throws worker::UnavailableError when a scheduler does not tell them.
std::vector<RecordedRun> recorded_runs(SchedulerAccess& scheduler, StateReader& state, std::size_t limit);

/// The last attempts at a task, oldest first. Throws as recorded_runs().
std::vector<RecordedAttempt> recorded_attempts(const std::string& task_id, SchedulerAccess& scheduler,
                                               StateReader& state, std::size_t limit);

}  // namespace freshet::cli
