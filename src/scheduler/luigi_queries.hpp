// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/scheduler_state.hpp"

#include <span>

// Answers to Luigi's visualiser and tools, in Luigi's JSON. They change nothing and run within a tick, so their time
// delays all other requests. A task that does not exist is no error.
namespace freshet::scheduler {

/// Serializes a task as Luigi's visualiser reads it.
Json::Object serialize_task(const SchedulerState& state, TaskId task);
/// The ids of tasks.
Json ids_of(const SchedulerState& state, std::span<const TaskId> tasks);
/// Serializes a task with the ids of its dependencies.
Json serialize_task_with_deps(const SchedulerState& state, TaskId task);

/// The explanation of the last result of a task.
Json fetch_error(const SchedulerState& state, const rpc::FetchError& request);
/// The status message of a task, for its page.
Json status_message(const SchedulerState& state, const rpc::GetTaskStatusMessage& request);
/// The progress of a task; null until it reports some.
Json progress(const SchedulerState& state, const rpc::GetTaskProgressPercentage& request);
/// Resources held by a running task; null before its first attempt.
Json running_resources(const SchedulerState& state, const rpc::GetRunningTaskResources& request);

}  // namespace freshet::scheduler
