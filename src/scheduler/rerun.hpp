// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "rpc/requests.hpp"
#include "scheduler/scheduler_state.hpp"

namespace freshet::scheduler {

/// The worker that would be asked to run a DONE task again: one that registered it, else one that runs tasks of its
/// family for others; null when none is there, or the task is not DONE.
const Worker* rerun_worker(const SchedulerState& state, const Task& task, Time now);

/// Asks that worker to move the task's outputs aside and to run it again, at its next ping; on request with the DONE
/// tasks downstream. Nothing changes here until the worker registers them. Returns {task_id, worker, tasks}: a null
/// worker when there is none.
Json rerun_task(SchedulerState& state, const rpc::RerunTask& request, Time now);

}  // namespace freshet::scheduler
