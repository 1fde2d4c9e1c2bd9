// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/scheduler_state.hpp"

// Answers to Luigi's visualiser and tools, in Luigi's JSON. They change nothing and run within a tick, so their time
// delays all other requests. A task that does not exist is no error.
namespace freshet::scheduler {

/// Serializes a task as Luigi's visualiser reads it.
Json::Object serialize_task(const SchedulerState& state, TaskId task);
/// Serializes a task with the ids of its dependencies.
Json serialize_task_with_deps(const SchedulerState& state, TaskId task);

/// Tasks by id, filtered by status, upstream status (of pending tasks only) and search terms, all of which the display
/// name must contain. With a limit, {num_tasks} alone when more match. Call count_if_too_many() first.
Json task_list(const SchedulerState& state, const rpc::TaskList& request);
/// Returns {num_tasks} alone when the tasks are too many to list, without walking them; else nullopt. The number is -1
/// where an upstream status is requested, since counting would walk them.
std::optional<Json> count_if_too_many(const SchedulerState& state, const rpc::TaskList& request);
/// Tasks by status whose id contains the text. Serializes every match: there is no limit.
Json task_search(const SchedulerState& state, const rpc::TaskSearch& request);
/// The explanation of the last result of a task.
Json fetch_error(const SchedulerState& state, const rpc::FetchError& request);
/// Connected workers, newest first, optionally with their running tasks.
Json worker_list(const SchedulerState& state, const rpc::WorkerList& request);
/// Limits with their use and the running tasks that use them; walks the running tasks once for each limit.
Json resource_list(const SchedulerState& state, Time now);
/// The status message of a task, for its page.
Json status_message(const SchedulerState& state, const rpc::GetTaskStatusMessage& request);
/// The progress of a task; null until it reports some.
Json progress(const SchedulerState& state, const rpc::GetTaskProgressPercentage& request);
/// Resources held by a running task; null before its first attempt.
Json running_resources(const SchedulerState& state, const rpc::GetRunningTaskResources& request);

/// Tasks by id, breadth-first from one task along its dependencies, at most `max_graph_nodes` of them. Done ones only
/// where requested; unregistered ones with status UNKNOWN.
Json dep_graph(const SchedulerState& state, const rpc::DepGraph& request);
/// As dep_graph(), along dependants.
Json inverse_dep_graph(const SchedulerState& state, const rpc::InverseDepGraph& request);
/// All tasks with their dependencies; some are missing where the walk from one task exceeds `max_graph_nodes`.
Json graph(const SchedulerState& state);

}  // namespace freshet::scheduler
