// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_queries.hpp"

#include "scheduler/graph_query.hpp"
#include "scheduler/list_queries.hpp"
#include "scheduler/running_queries.hpp"

#include <limits>

namespace freshet::scheduler {

namespace {

using QueryPointer = std::unique_ptr<SlicedQuery>;

/// Makes the query that belongs to a request.
struct MakeQuery {
    const SchedulerState& state;
    Time now;

    QueryPointer operator()(const rpc::TaskList& r) const { return std::make_unique<TaskListQuery>(state, r); }
    QueryPointer operator()(const rpc::TaskSearch& r) const { return std::make_unique<TaskSearchQuery>(state, r); }
    QueryPointer operator()(const rpc::Graph& r) const { return std::make_unique<WholeGraphQuery>(state, r); }
    QueryPointer operator()(const rpc::DepGraph& r) const {
        return std::make_unique<GraphQuery>(state, state.tasks.find(r.task_id), &Task::deps, r.include_done);
    }
    QueryPointer operator()(const rpc::InverseDepGraph& r) const {
        return std::make_unique<GraphQuery>(state, state.tasks.find(r.task_id), &Task::dependants, r.include_done);
    }
    QueryPointer operator()(const rpc::WorkerList& r) const { return std::make_unique<WorkerListQuery>(state, r); }
    QueryPointer operator()(const rpc::ResourceList&) const { return std::make_unique<ResourceListQuery>(state, now); }
    QueryPointer operator()(const auto&) const { return nullptr; }
};

}  // namespace

QueryPointer make_sliced_query(const SchedulerState& state, const rpc::Request& request, Time now) {
    return std::visit(MakeQuery{state, now}, request);
}

Json execute_query(const SchedulerState& state, const rpc::Request& request, Time now) {
    const auto query = make_sliced_query(state, request, now);
    while (!query->step(state, Budget(std::numeric_limits<std::size_t>::max()))) {
    }
    return Json::parse(query->take_result().text());
}

}  // namespace freshet::scheduler
