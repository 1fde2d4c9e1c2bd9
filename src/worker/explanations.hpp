// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/worker_context.hpp"

#include <string>

namespace freshet::worker {

/// Returns the scheduler's explanation why each ready task does not run, for the log: "waiting: A can never run: ...".
std::string describe_wait(const WorkerContext& context);

/// Adds the scheduler's explanation why it was not started to the state of each ready task, for the run's results.
void explain_ready_tasks(const WorkerContext& context);

/// Adds to the state of each ready task that this run does not start it.
void leave_to_others(const WorkerContext& context);

}  // namespace freshet::worker
