// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/layered_layout.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace freshet::dashboard;

TEST_CASE("each node is in the layer after the last of those that it requires", "[dashboard]") {
    const auto positions = layered_layout(4, {{0, 1}, {1, 2}, {0, 2}, {0, 3}});
    CHECK(positions[0].layer == 0);
    CHECK(positions[1].layer == 1);
    CHECK(positions[2].layer == 2);
    CHECK(positions[3].layer == 1);
}

TEST_CASE("edges that need not cross do not", "[dashboard]") {
    const auto positions = layered_layout(4, {{0, 3}, {1, 2}});
    CHECK((positions[0].position < positions[1].position) == (positions[3].position < positions[2].position));
}

TEST_CASE("any graph, also one with cycles, gets a place of its own for each node", "[dashboard]") {
    std::mt19937 random(3);
    for (int round = 0; round < 50; ++round) {
        const std::size_t nodes = 1 + random() % 20;
        std::vector<LayoutEdge> edges;
        for (int i = 0; i < 30; ++i) edges.emplace_back(random() % nodes, random() % nodes);
        std::set<std::pair<std::size_t, std::size_t>> positions;
        for (const LayoutPlace& place : layered_layout(nodes, edges)) positions.emplace(place.layer, place.position);
        CHECK(positions.size() == nodes);
    }
    CHECK(layered_layout(0, {}).empty());
}
