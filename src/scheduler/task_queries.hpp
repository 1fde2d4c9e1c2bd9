// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/scheduler_state.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

/// Luigi's queries that walk through many tasks, in Luigi's JSON.
namespace freshet::scheduler {

/// Query executed in slices, so that it keeps no other request waiting. The state may change between two slices: each
/// task is shown as it is when it is visited.
class SlicedQuery {
public:
    virtual ~SlicedQuery() = default;
    /// Goes on for about as long as it takes to visit so many tasks, of which a shown one counts sixteenfold. Returns
    /// true when it has finished.
    virtual bool step(const SchedulerState& state, std::size_t budget) = 0;
    /// Returns the result, once it has finished.
    virtual std::string take_json() = 0;
    /// More tasks match than are shown.
    virtual bool is_truncated() const { return false; }
};

/// Prepares a task_list, task_search, graph, dep_graph or inverse_dep_graph; null for any other request.
std::unique_ptr<SlicedQuery> make_sliced_query(const SchedulerState& state, const rpc::Request& request);
bool is_sliced_query(const rpc::Request& request);
/// Executes such a query at once.
Json execute_query(const SchedulerState& state, const rpc::Request& request);

/// Returns {num_tasks} alone when the tasks are too many to list, without walking them; else nullopt.
std::optional<Json> count_if_too_many(const SchedulerState& state, const rpc::TaskList& request);

}  // namespace freshet::scheduler
