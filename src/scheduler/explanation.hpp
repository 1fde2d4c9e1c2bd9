// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"
#include "scheduler/sentences.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace freshet::scheduler {

/// How far an explanation looks: what a task waits for may be a million tasks away.
inline constexpr std::size_t most_looked_at = 2000;

/// What the task is called in a list; "" has been registered by nobody: its id.
std::string shown_name(const Task& task);

/// Why the task ran, did not run, or waits, as a sentence that begins after its name.
std::string explain(const Board& board, TaskId task, Time now);

/// What became of the last attempt at a task that is FAILED or DISABLED.
Failed failure_of(const Board& board, const Task& task, Time now);

/// Whether it failed because something is not there yet, or because it was asked to wait: no mistake of anybody's.
bool only_waits(const Task& task);

/// How the task holds up others: nothing when it is done or itself waits for another.
std::optional<Hindrance> hindrance_of(const Task& task);

/// "Load(day=1), which failed at ...": a task that holds up others, in words.
Obstacle obstacle(const Board& board, TaskId task, Hindrance hindrance, Time now);

}  // namespace freshet::scheduler
