// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

#include <optional>
#include <string>

namespace freshet::scheduler {

/// Applies everything that is due: drops silent workers, failing their attempts, retries tasks whose back-off is over,
/// removes expired tasks and grants of rates.
void prune(SchedulerState& state, Time now);

/// The earliest instant at which prune() changes something, unless a request comes before.
std::optional<Time> next_change(const SchedulerState& state);

/// Drops the workers whose process is known to be dead. Their tasks become PENDING, without counting a failure. Returns
/// whether there was one.
bool drop_dead_workers(SchedulerState& state, const IsDead& is_dead, Time now);

/// Drops a connected worker whose run has ended, unless it has running tasks: these are lost when it is silent.
void drop_ended_worker(SchedulerState& state, const std::string& name);

/// Disables a worker: it gets no tasks, but may report on those that it runs.
void disable_worker(SchedulerState& state, Worker& worker);

}  // namespace freshet::scheduler
