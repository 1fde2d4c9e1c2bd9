// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

namespace freshet::scheduler {

/// What led to a change of status.
struct Cause {
    Time now{};
    std::string worker{};                   ///< who reported it; "" is the scheduler itself
    const rpc::Failure* failure = nullptr;  ///< with FAILED, where its class is known
    std::string attempt_status{};           ///< how the attempt ended, where that is not the new status
    std::string message{};                  ///< why, for the history
    Json facts{};                           ///< about the attempt
};

/// Luigi's rules of which status may follow which, and what each change brings with it. May leave the task as it is.
void set_status(SchedulerState& state, TaskId task, Status status, const Cause& cause);

/// The worker has the task now: a new attempt, with a lease of its own.
void start_attempt(SchedulerState& state, TaskId task, const Symbol& worker, rpc::LeaseToken lease, Time now);

/// A task that was disabled is only FAILED, and its failures are forgotten.
void re_enable(SchedulerState& state, TaskId task, Time now);

/// BATCH_RUNNING tasks of the batch, as they became known.
std::vector<TaskId> members(const SchedulerState& state, const Symbol& batch);

}  // namespace freshet::scheduler
