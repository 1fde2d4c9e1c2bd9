// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"

#include <optional>

namespace freshet::scheduler {

/// What time brings: silent workers are given up and their tasks with them, pauses end, forgotten tasks go.
void prune(Board& board, Time now);

/// The earliest instant at which prune() changes something, if nothing else happens before.
std::optional<Time> next_change(const Board& board);

/// Gives all workers up at once: they belonged to a process that is known to be dead. What they ran is PENDING again,
/// and costs no retry.
void abandon_workers(Board& board, Time now);

/// The worker can no longer get tasks; it may still report on those that it runs.
void disable_worker(Board& board, Worker& worker);

}  // namespace freshet::scheduler
