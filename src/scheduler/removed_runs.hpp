// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

#include <vector>

namespace freshet::scheduler {

/// Keeps, in the statistics of their families, the counts and the longest chains of the newest runs whose root tasks
/// are among these, which are about to be removed together.
void keep_runs(SchedulerState& state, const std::vector<TaskId>& expired, Time now);

}  // namespace freshet::scheduler
