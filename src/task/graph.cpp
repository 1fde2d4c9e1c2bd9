// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "task/graph.hpp"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/range/iterator_range.hpp>

#include <algorithm>
#include <limits>
#include <queue>

namespace freshet {

namespace {

using Csr = boost::compressed_sparse_row_graph<boost::directedS>;

Csr compressed(const Graph& graph) {
    return Csr(boost::edges_are_unsorted_multi_pass, graph.edges().begin(), graph.edges().end(), graph.size());
}

/// The number of unfinished requirements of each task.
std::vector<std::size_t> out_degrees(const Graph& graph) {
    std::vector<std::size_t> degrees(graph.size());
    for (const auto& edge : graph.edges()) ++degrees[edge.first];
    return degrees;
}

Csr reversed(const Graph& graph) {
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    edges.reserve(graph.edges().size());
    for (const auto& [task, required] : graph.edges()) edges.emplace_back(required, task);
    return Csr(boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(), graph.size());
}

/// The shortest way from `start` to itself, by a breadth-first walk over what it requires.
std::vector<std::size_t> shortest_cycle_through(const Csr& graph, std::size_t start) {
    constexpr auto unseen = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> came_from(boost::num_vertices(graph), unseen);
    std::queue<std::size_t> open;
    open.push(start);
    while (!open.empty()) {
        const std::size_t task = open.front();
        open.pop();
        for (const auto& required : boost::make_iterator_range(boost::adjacent_vertices(task, graph))) {
            if (required == start) {
                std::vector<std::size_t> path{start};
                for (std::size_t step = task; step != start; step = came_from[step]) path.push_back(step);
                path.push_back(start);
                std::reverse(path.begin(), path.end());
                return path;
            }
            if (came_from[required] == unseen) {
                came_from[required] = task;
                open.push(required);
            }
        }
    }
    return {};
}

}  // namespace

std::vector<std::size_t> topological_order(const Graph& graph) {
    const Csr dependants = reversed(graph);
    std::vector<std::size_t> waiting = out_degrees(graph);
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t task = 0; task < graph.size(); ++task)
        if (waiting[task] == 0) ready.push(task);
    std::vector<std::size_t> order;
    order.reserve(graph.size());
    while (!ready.empty()) {
        order.push_back(ready.top());
        ready.pop();
        for (const auto& dependant : boost::make_iterator_range(boost::adjacent_vertices(order.back(), dependants)))
            if (--waiting[dependant] == 0) ready.push(dependant);
    }
    return order;
}

std::vector<std::size_t> find_cycle(const Graph& graph, std::size_t first) {
    // Ordered tasks are in no cycle; among the others, the first that can reach itself starts the path.
    std::vector<bool> in_order(graph.size());
    const auto order = topological_order(graph);
    if (order.size() == graph.size()) return {};
    for (const std::size_t task : order) in_order[task] = true;
    const Csr requirements = compressed(graph);
    for (std::size_t i = 0; i < graph.size(); ++i) {
        const std::size_t task = (first + i) % graph.size();
        if (in_order[task]) continue;
        if (auto path = shortest_cycle_through(requirements, task); !path.empty()) return path;
    }
    return {};
}

std::vector<std::size_t> critical_path(const Graph& graph, const std::vector<double>& cost) {
    if (graph.size() == 0) return {};
    const Csr requirements = compressed(graph);
    std::vector<double> length(graph.size());
    std::vector<std::size_t> next(graph.size());
    for (const std::size_t task : topological_order(graph)) {
        next[task] = task;
        for (const auto& required : boost::make_iterator_range(boost::adjacent_vertices(task, requirements)))
            if (length[required] > length[task] || next[task] == task) {
                length[task] = length[required];
                next[task] = required;
            }
        length[task] += cost[task];
    }
    std::vector<std::size_t> path{
        static_cast<std::size_t>(std::max_element(length.begin(), length.end()) - length.begin())};
    while (next[path.back()] != path.back()) path.push_back(next[path.back()]);
    return path;
}

}  // namespace freshet
