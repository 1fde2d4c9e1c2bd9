// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

#include <span>

namespace freshet::scheduler {

/// A task as Luigi's page reads it.
Json::Object serialize_task(const SchedulerState& state, TaskId task);
/// With its dependencies.
Json serialize_task_with_deps(const SchedulerState& state, TaskId task);

/// The ids of tasks, as JSON.
Json ids_of(const SchedulerState& state, std::span<const TaskId> tasks);

}  // namespace freshet::scheduler
