// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"
#include "wire/worker_requests.hpp"

#include <optional>
#include <vector>

namespace freshet::scheduler {

/// A worker as it asks for work: which tasks it would run besides those that it registered.
struct Seeker {
    const Worker& worker;
    bool all = false;  ///< whatever can run
    std::vector<Name> families{};  ///< which it can make, also where others can only name their tasks

    bool serves(const Name& family) const;
    bool names(const Name& family) const;
};

Seeker seeker(const Board& board, const Worker& worker, const wire::GetWork& request);

/// The task that the worker gets: the first in rank that it can run and that leaves to higher ones of other active
/// workers the resources that these could use soon.
std::optional<TaskId> select(const Board& board, const Seeker& seeker, Time now);

/// Whether it runs only what it registered and none of that, while pending, needs resources: then it need not look at
/// the tasks of others.
bool is_trivial(const Board& board, const Seeker& seeker);

/// Whether `demand` is there beside what is used, and what the last minute has had; a resource without a limit has 1.
bool fits(const Board& board, const wire::Resources& demand, const wire::Resources& used, Time now);

/// Slots of the workers that have asked for work lately: they could reserve resources for what they will run next.
std::map<Name, std::int64_t> active_slots(const Board& board, Time now);

}  // namespace freshet::scheduler
