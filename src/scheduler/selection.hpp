// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/scheduler_state.hpp"

#include <optional>
#include <vector>

namespace freshet::scheduler {

/// A worker that asks for work, and the tasks that it takes besides those that it registered.
struct WorkerQuery {
    const Worker& worker;
    bool takes_any_task = false;     ///< an assistant: whatever is runnable
    std::vector<Symbol> families{};  ///< those whose tasks it can make from their parameters

    bool accepts_family(const Symbol& family) const;
    bool lists_family(const Symbol& family) const;
};

/// Resolves the families of the request; an unknown one matches no task.
WorkerQuery worker_query(const SchedulerState& state, const Worker& worker, const rpc::GetWork& request);

/// Selects the task for the worker: the first in rank that it can run and that leaves the resources which higher-ranked
/// tasks of other active workers could use soon.
std::optional<TaskId> select(const SchedulerState& state, const WorkerQuery& query, Time now);

/// Returns true if the worker runs only what it registered and no pending task of that needs resources: the tasks of
/// others do not matter then.
bool is_trivial(const SchedulerState& state, const WorkerQuery& query);

/// Returns true if `requested` is available besides `used` and the grants of the last minute.
bool fits(const SchedulerState& state, const rpc::Resources& requested, const rpc::Resources& used, Time now);

/// Slots of the workers that asked for work recently: resources may be reserved for their next tasks.
std::map<Symbol, std::int64_t> active_slots(const SchedulerState& state, Time now);

}  // namespace freshet::scheduler
