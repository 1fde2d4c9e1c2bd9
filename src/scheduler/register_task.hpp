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

}  // namespace freshet::scheduler
