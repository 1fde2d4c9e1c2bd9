// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/sliced_query.hpp"

#include <memory>
#include <type_traits>
#include <variant>

/// Luigi's queries that walk through many tasks, in Luigi's JSON.
namespace freshet::scheduler {

template <class Request, class... Queries>
inline constexpr bool is_one_of = (std::is_same_v<Request, Queries> || ...);

template <class Request>
inline constexpr bool is_sliced = is_one_of<Request, rpc::TaskList, rpc::TaskSearch, rpc::Graph, rpc::DepGraph,
                                            rpc::InverseDepGraph, rpc::WorkerList, rpc::ResourceList>;

inline bool is_sliced_query(const rpc::Request& request) {
    return std::visit([]<class Request>(const Request&) { return is_sliced<Request>; }, request);
}

/// Prepares a task_list, task_search, graph, dep_graph, inverse_dep_graph, worker_list or resource_list; null for any
/// other request.
std::unique_ptr<SlicedQuery> make_sliced_query(const SchedulerState& state, const rpc::Request& request, Time now);
/// Executes such a query at once.
Json execute_query(const SchedulerState& state, const rpc::Request& request, Time now);

}  // namespace freshet::scheduler
