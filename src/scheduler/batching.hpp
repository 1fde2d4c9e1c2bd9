// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/selection.hpp"

#include <vector>

namespace freshet::scheduler {

/// The tasks that the worker can run as one with `first`, by rank and with `first` in front; it alone when there are
/// none.
std::vector<TaskId> batch_of(const SchedulerState& state, const WorkerQuery& query, TaskId first);

}  // namespace freshet::scheduler
