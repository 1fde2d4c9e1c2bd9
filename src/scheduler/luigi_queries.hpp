// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/scheduler_state.hpp"

#include <span>

namespace freshet::scheduler {

/// A task as Luigi's page reads it.
Json::Object serialize_task(const SchedulerState& state, TaskId task);
/// With its dependencies.
Json serialize_task_with_deps(const SchedulerState& state, TaskId task);

/// The ids of tasks, as JSON.
Json ids_of(const SchedulerState& state, std::span<const TaskId> tasks);

Json task_list(const SchedulerState& state, const rpc::TaskList& request);
/// The number of tasks alone, when there are too many to list; else nothing.
std::optional<Json> count_if_too_many(const SchedulerState& state, const rpc::TaskList& request);
Json task_search(const SchedulerState& state, const rpc::TaskSearch& request);
Json fetch_error(const SchedulerState& state, const rpc::FetchError& request);
Json worker_list(const SchedulerState& state, const rpc::WorkerList& request);
Json resource_list(const SchedulerState& state, Time now);
Json status_message(const SchedulerState& state, const rpc::GetTaskStatusMessage& request);
Json progress(const SchedulerState& state, const rpc::GetTaskProgressPercentage& request);
Json running_resources(const SchedulerState& state, const rpc::GetRunningTaskResources& request);

Json dep_graph(const SchedulerState& state, const rpc::DepGraph& request);
Json inverse_dep_graph(const SchedulerState& state, const rpc::InverseDepGraph& request);
Json graph(const SchedulerState& state);

}  // namespace freshet::scheduler
