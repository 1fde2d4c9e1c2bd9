// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

namespace freshet::scheduler {

/// Reason and origin of a change of status.
struct Cause {
    Time now{};
    std::string worker{};                   ///< the reporter; "" for the scheduler itself, or an operator
    std::string principal{};                ///< the operator; "" if none
    const rpc::Failure* failure = nullptr;  ///< with FAILED, if classified
    std::string attempt_status{};           ///< result of the attempt, if it differs from the new status
    std::string message{};                  ///< for the history
    Json facts{};                           ///< about the attempt
    bool has_begun = true;                  ///< false: the worker gives the task back without having run it
};

/// The reporter of a change for the history: a worker, "operator NAME", or "" for the scheduler itself. A worker that
/// calls itself an operator is one of the workers all the same.
std::string reporter(const std::string& worker, const std::string& principal = {});

/// Changes the status of a task by Luigi's rules, with everything that follows: members of a batch, retries, history,
/// statistics. Leaves the task unchanged where the rules forbid the transition.
void set_status(SchedulerState& state, TaskId task, Status status, const Cause& cause);

/// Starts a new attempt of the task by the worker.
void start_attempt(SchedulerState& state, TaskId task, const Symbol& worker, rpc::LeaseToken lease, Time now);

/// Makes a DISABLED task FAILED, clearing its failures.
void re_enable(SchedulerState& state, TaskId task, const Cause& cause);
inline void re_enable(SchedulerState& state, TaskId task, Time now) {
    re_enable(state, task, {.now = now, .message = "re-enabled"});
}

/// BATCH_RUNNING tasks of the batch, in order of registration.
std::vector<TaskId> members(const SchedulerState& state, const Symbol& batch);

}  // namespace freshet::scheduler
