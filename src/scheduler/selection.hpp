// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/worker_requests.hpp"
#include "scheduler/scheduler_state.hpp"

#include <optional>
#include <vector>

namespace freshet::scheduler {

/// A worker as it asks for work: which tasks it would run besides those that it registered.
struct WorkerQuery {
    const Worker& worker;
    bool takes_any_task = false;     ///< whatever can run
    std::vector<Symbol> families{};  ///< which it can make, also where others can only name their tasks

    bool accepts_family(const Symbol& family) const;
    bool lists_family(const Symbol& family) const;
};

WorkerQuery worker_query(const SchedulerState& state, const Worker& worker, const rpc::GetWork& request);

/// The task that the worker gets: the first in rank that it can run and that leaves to higher ones of other active
/// workers the resources that these could use soon.
std::optional<TaskId> select(const SchedulerState& state, const WorkerQuery& query, Time now);

/// Whether it runs only what it registered and none of that, while pending, needs resources: then it need not look at
/// the tasks of others.
bool is_trivial(const SchedulerState& state, const WorkerQuery& query);

/// Whether `requested` is there beside what is used, and what the last minute has had; a resource without a limit
/// has 1.
bool fits(const SchedulerState& state, const rpc::Resources& requested, const rpc::Resources& used, Time now);

/// Slots of the workers that have asked for work lately: they could reserve resources for what they will run next.
std::map<Symbol, std::int64_t> active_slots(const SchedulerState& state, Time now);

}  // namespace freshet::scheduler
