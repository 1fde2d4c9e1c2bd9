// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/scheduler_state.hpp"

/// Tasks that a worker could not plan. Luigi's tell why before they register the task, and by its name, not its id.
namespace freshet::scheduler {

/// Kept in the history, and until the worker registers the task.
void add_scheduling_failure(SchedulerState& state, const rpc::AnnounceSchedulingFailure& request, Time now);

/// To be called when the request was taken: a task that is UNKNOWN now has a reason for it, any other has none.
void update_scheduling_failure(SchedulerState& state, TaskId task, const rpc::AddTask& request);

}  // namespace freshet::scheduler
