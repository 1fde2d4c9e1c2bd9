// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

#include <optional>

namespace freshet::scheduler {

/// What time brings: silent workers are given up and their tasks with them, pauses end, forgotten tasks go.
void prune(SchedulerState& state, Time now);

/// The earliest instant at which prune() changes something, if nothing else happens before.
std::optional<Time> next_change(const SchedulerState& state);

/// Gives all workers up at once: they belonged to a process that is known to be dead. What they ran is PENDING again,
/// and costs no retry.
void drop_workers(SchedulerState& state, Time now);

/// The worker can no longer get tasks; it may still report on those that it runs.
void disable_worker(SchedulerState& state, Worker& worker);

}  // namespace freshet::scheduler
