// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "task/graph.hpp"

#include <catch2/catch.hpp>

using freshet::Graph;
using Path = std::vector<std::size_t>;

namespace {

Graph graph_of(std::size_t size, std::initializer_list<std::pair<std::size_t, std::size_t>> edges) {
    Graph graph(size);
    for (const auto& [task, required] : edges) graph.add_edge(task, required);
    return graph;
}

}  // namespace

TEST_CASE("requirements are ordered before their dependants", "[graph]") {
    CHECK(freshet::topological_order(graph_of(4, {{0, 1}, {0, 2}, {1, 3}, {2, 3}})) == Path{3, 1, 2, 0});
}

TEST_CASE("a cycle is found as its shortest path, with the first task repeated at the end", "[graph]") {
    CHECK(freshet::find_cycle(graph_of(4, {{0, 1}, {1, 2}, {2, 3}, {3, 1}, {2, 1}})) == Path{1, 2, 1});
    CHECK(freshet::find_cycle(graph_of(1, {{0, 0}})) == Path{0, 0});
}

TEST_CASE("a graph without a cycle has none", "[graph]") {
    CHECK(freshet::find_cycle(graph_of(3, {{0, 1}, {0, 2}, {1, 2}})).empty());
    CHECK(freshet::find_cycle(graph_of(0, {})).empty());
}

TEST_CASE("tasks that only lead to a cycle are not part of its path", "[graph]") {
    CHECK(freshet::find_cycle(graph_of(3, {{0, 1}, {1, 2}, {2, 1}})) == Path{1, 2, 1});
}

TEST_CASE("a chain of 100,000 tasks is ordered without recursion", "[graph]") {
    Graph chain(100'000);
    for (std::size_t i = 0; i + 1 < chain.size(); ++i) chain.add_edge(i, i + 1);
    CHECK(freshet::topological_order(chain).front() == 99'999);
    CHECK(freshet::find_cycle(chain).empty());
    CHECK(freshet::critical_path(chain, std::vector<double>(100'000, 1.0)).size() == 100'000);
}

TEST_CASE("the critical path is the chain of greatest cost, not the longest", "[graph]") {
    CHECK(freshet::critical_path(graph_of(5, {{0, 1}, {1, 2}, {0, 3}}), {1, 1, 1, 9, 5}) == Path{0, 3});
}
