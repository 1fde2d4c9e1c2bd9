// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"
#include "scheduler/sentences.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace freshet::scheduler {

/// How far an explanation looks: what a task waits for may be a million tasks away.
inline constexpr std::size_t max_visited = 2000;

/// What the task is called in a list; "" has been registered by nobody: its id.
std::string shown_name(const Task& task);

/// Why the task ran, did not run, or waits, as a sentence that begins after its name.
std::string explain(const SchedulerState& state, TaskId task, Time now);

/// What became of the last attempt at a task that is FAILED or DISABLED.
FailedAttempt failure_of(const SchedulerState& state, const Task& task, Time now);

/// Whether it failed because something is not there yet, or because it was asked to wait: no mistake of anybody's.
bool is_expected_delay(const Task& task);

/// How the task holds up others: nothing when it is done or itself waits for another.
std::optional<BlockerKind> blocker_kind(const Task& task);

/// "Load(day=1), which failed at ...": a task that holds up others, in words.
Blocker blocker(const SchedulerState& state, TaskId task, BlockerKind kind, Time now);

}  // namespace freshet::scheduler
