// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/graph.hpp"
#include "dashboard/html.hpp"

#include <string>
#include <vector>

namespace freshet::dashboard {

/// The address of a node: the tasks of a family, or the neighbourhood of a task.
std::string url_of(const GraphNode& node);
/// Its name, in full.
std::string name_of(const GraphNode& node);

/// What is written on each node: of a task the parameters that not all tasks of the graph have in common.
std::vector<std::string> labels_of(const GraphView& view);

/// Draws the graph from left to right as an SVG, which needs no script: each node is a link with its state as a colour
/// and a sign.
Html graph_drawing(const GraphView& view);

}  // namespace freshet::dashboard
