// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace freshet {

/// The dependency graph, by task number. An edge leads from a task to one it requires.
class Graph {
public:
    explicit Graph(std::size_t size) : size_(size) {}

    void add_edge(std::size_t task, std::size_t required) { edges_.emplace_back(task, required); }
    std::size_t size() const { return size_; }
    const std::vector<std::pair<std::size_t, std::size_t>>& edges() const { return edges_; }

private:
    std::size_t size_;
    std::vector<std::pair<std::size_t, std::size_t>> edges_;
};

/// A shortest path from a task back to itself, both ends given; empty when there is none.
/// Looks at `first` and what it requires before all others. Works without recursion.
std::vector<std::size_t> find_cycle(const Graph& graph, std::size_t first = 0);

/// Every task after all that it requires; tasks that wait for nothing in the order of their numbers. Leaves out the
/// tasks in a cycle and all that require them.
std::vector<std::size_t> topological_order(const Graph& graph);

/// The longest chain of requirements, each task counting its `cost`; from the root to the last of them.
std::vector<std::size_t> critical_path(const Graph& graph, const std::vector<double>& cost);

}  // namespace freshet
