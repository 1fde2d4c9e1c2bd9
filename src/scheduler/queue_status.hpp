// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "scheduler/scheduler_state.hpp"

#include <cstddef>

namespace freshet::scheduler {

/// Ready tasks that another worker could begin, and those that wait for resources.
struct QueuedTasks {
    std::size_t ready = 0;
    std::size_t held_up = 0;
    Time oldest = never;  ///< since when the first ready one has been pending
};

/// Counts those of the families of the request.
QueuedTasks count_queued(const SchedulerState& state, const rpc::QueueStatus& request, Time now);

/// Returns {"ready": 12, "oldest": 3.5, "held_up": 2, "running": 4, "paused": false}: the tasks that another worker
/// could begin, the seconds for which the first of them has been pending, those that wait for resources, and those that
/// run. Takes time for each group of equal ready tasks, not for each task.
Json queue_status(const SchedulerState& state, const rpc::QueueStatus& request, Time now);

}  // namespace freshet::scheduler
