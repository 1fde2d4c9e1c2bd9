// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/scheduler_state.hpp"

namespace freshet::scheduler {

/// Registers a task, or applies a report about it, by Luigi's rules. Records the worker's heartbeat. A report under an
/// ended lease changes nothing: the response says why, or when the task is tried again.
rpc::TaskAdded register_task(SchedulerState& state, const rpc::AddTask& request, Time now);

/// Raises the priority of a task and of all its dependencies to at least `priority`.
void raise_priority(SchedulerState& state, TaskId id, double priority);

/// Records Luigi's scheduling failure: a worker could not find out the dependencies or the completeness of a task. It
/// arrives before the task is registered and names it by family and parameters; kept in the history, and until the
/// worker registers the task.
void add_scheduling_failure(SchedulerState& state, const rpc::AnnounceSchedulingFailure& request, Time now);

}  // namespace freshet::scheduler
