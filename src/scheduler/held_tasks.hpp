// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

#include <cstddef>
#include <unordered_set>

namespace freshet::scheduler {

/// More are not held: of a greater run, the failure of its root is kept instead.
inline constexpr std::size_t max_held_tasks = 10'000;

/// Returns the tasks that are kept for an operator who has them tried again, though no worker needs them: those that
/// failed and are neither done nor acknowledged, what requires them, and all that these require, directly or not.
std::unordered_set<TaskId> held_tasks(const SchedulerState& state);

}  // namespace freshet::scheduler
