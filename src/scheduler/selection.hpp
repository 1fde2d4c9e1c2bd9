// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"

#include <optional>

namespace freshet::scheduler {

/// The task that the worker gets: the first in rank that it can run and that leaves to higher ones of other active
/// workers the resources that these could use soon.
std::optional<TaskId> select(const Board& board, const Worker& worker, bool assistant, Time now);

/// Whether none of the worker's pending tasks needs resources: then it need not look at those of others.
bool is_trivial(const Board& board, const Worker& worker);

/// Whether `demand` is there beside what is used; a resource without a limit has 1.
bool fits(const Board& board, const wire::Resources& demand, const wire::Resources& used);

/// Slots of the workers that have asked for work lately: they could reserve resources for what they will run next.
std::map<Name, std::int64_t> active_slots(const Board& board, Time now);

}  // namespace freshet::scheduler
