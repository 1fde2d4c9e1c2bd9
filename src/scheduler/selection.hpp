// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/scheduler_state.hpp"

#include <optional>
#include <vector>

// Selection of the task to dispatch. It changes nothing: dispatch assigns what it selects. For the thread that has the
// state.
namespace freshet::scheduler {

/// A worker that asks for work, and the tasks that it takes besides those that it registered.
struct WorkerQuery {
    const Worker& worker;            ///< of the state, which must not change meanwhile
    bool takes_any_task = false;     ///< an assistant: whatever is runnable
    std::vector<Symbol> families{};  ///< those whose tasks it can make from their parameters
    std::vector<Symbol> excluded{};  ///< families of which it takes no task now

    /// True if the worker takes any task, or lists the family.
    bool accepts_family(const Symbol& family) const;
    bool lists_family(const Symbol& family) const;
    bool excludes(const Symbol& family) const;
};

/// Resolves the families of the request; an unknown one matches no task.
WorkerQuery worker_query(const SchedulerState& state, const Worker& worker, const rpc::GetWork& request);

/// Selects the task for the worker: the first in rank that it can run and that leaves the resources which higher-ranked
/// tasks of other active workers could use soon. nullopt where there is none. The time grows with the ready queues, the
/// slots of active workers and the running tasks, not with the ready tasks.
std::optional<TaskId> select(const SchedulerState& state, const WorkerQuery& query, Time now);

/// Returns true if the worker runs only what it registered and no pending task of that needs resources: the tasks of
/// others do not matter then, and select() takes the first task in rank of the worker's own queues.
bool is_trivial(const SchedulerState& state, const WorkerQuery& query);

/// Returns true if `requested` is available besides `used` and, of rates, the grants of the minute before `now`. A
/// resource without a configured limit has the limit 1.
bool fits(const SchedulerState& state, const rpc::Resources& requested, const rpc::Resources& used, Time now);

/// Slots, busy ones included, of the workers that asked for work within `worker_disconnect_delay`: resources may be
/// reserved for their next tasks.
std::map<Symbol, std::int64_t> active_slots(const SchedulerState& state, Time now);

}  // namespace freshet::scheduler
