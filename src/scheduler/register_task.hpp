// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/scheduler_state.hpp"

namespace freshet::scheduler {

/// Registers a task, or takes a report about it, by Luigi's rules.
rpc::TaskAdded add_task(SchedulerState& state, const rpc::AddTask& request, Time now);

/// Raises the priority of a task and of all that it depends on to at least this.
void raise_priority(SchedulerState& state, TaskId task, double priority);

/// Kept in the history, and until the worker registers the task.
void add_scheduling_failure(SchedulerState& state, const rpc::AnnounceSchedulingFailure& request, Time now);

/// To be called when the request was taken: a task that is UNKNOWN now has a reason for it, any other has none.
void update_scheduling_failure(SchedulerState& state, TaskId task, const rpc::AddTask& request);

}  // namespace freshet::scheduler
