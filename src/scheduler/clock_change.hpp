// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

namespace freshet::scheduler {

/// Adds the change of a clock that was set to everything that is compared with the present: deadlines, heartbeats, the
/// begin of what has not ended. Pauses and leases so keep their length. Times of past events stay. `now` is the time
/// after the change.
void shift_times(SchedulerState& state, Time::duration change, Time now);

/// Limits the deadlines of saved state to what they can be: the clock may have been set back since.
void limit_times(SchedulerState& state, Time now);

}  // namespace freshet::scheduler
