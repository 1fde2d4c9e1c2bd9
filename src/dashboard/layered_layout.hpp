// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace freshet::dashboard {

/// Edge of a graph whose nodes are numbered: from what is required to what requires it.
using LayoutEdge = std::pair<std::size_t, std::size_t>;

/// Place of a node: layers from what requires nothing to what nothing requires, and nodes within each.
struct LayoutPlace {
    std::size_t layer = 0;
    std::size_t position = 0;
};

/// Places nodes so that edges lead to later layers, and few of them cross: longest-path layering, then sweeps that
/// order each layer by the mean position of its neighbours (Sugiyama). Edges that close a cycle lead back.
std::vector<LayoutPlace> layered_layout(std::size_t nodes, const std::vector<LayoutEdge>& edges);

}  // namespace freshet::dashboard
