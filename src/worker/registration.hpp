// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"
#include "freshet/registry.hpp"
#include "freshet/task.hpp"
#include "rpc/requests.hpp"
#include "worker/plan.hpp"
#include "worker/scheduler_client.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace freshet::worker {

class TaskStates;

/// Returns the registration of a task of the plan: DONE when it is complete, UNKNOWN when it could not be checked, else
/// PENDING with its requirements.
rpc::AddTask registration(const Plan& plan, std::size_t node, const std::string& worker);

/// The registration of a task that may run although not all of its requirements are complete: without the others.
rpc::AddTask registration(const Plan& plan, const TaskStates& states, std::size_t node, const std::string& worker);

/// Returns a report of the task's status, with the attributes that Luigi's workers repeat in each one.
rpc::AddTask report(const AnyTask& task, rpc::Status status, const std::string& worker);

/// Returns the report that the output of an external task exists.
rpc::AddTask external_done(const AnyTask& task, const std::string& worker);

/// Returns the events that a complete task emitted when it ran, with their ids, from the receipts of its outputs.
std::vector<Event> receipt_events(const AnyTask& task);

/// Makes a task that the scheduler names. Throws as Registry::make(), and Error when it has another id in this program.
AnyTask make_registered(const Registry& registry, const std::string& task_id, const std::string& family,
                        const Values& params);

/// Registers the tasks and returns the answers in their order. Throws as SchedulerClient::call().
std::vector<rpc::TaskAdded> register_tasks(SchedulerClient& scheduler, rpc::RegisterTasks request);

/// Returns the number of tasks, from the first on, that one call should register: at least 1. A server limits the size
/// of a request, and serves nobody else while it handles one.
std::size_t first_chunk_size(std::span<const rpc::AddTask> tasks);

}  // namespace freshet::worker
