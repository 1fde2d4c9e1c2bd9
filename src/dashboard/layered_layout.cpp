// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/layered_layout.hpp"

#include <algorithm>
#include <limits>

namespace freshet::dashboard {

namespace {

constexpr int sweeps = 8;

using Adjacency = std::vector<std::vector<std::size_t>>;

/// Depth-first search that drops the edges that close a cycle, and gives each node the layer after its requirements.
class Layering {
public:
    Layering(std::size_t nodes, const std::vector<LayoutEdge>& edges)
        : required_(nodes), marks_(nodes), layers_(nodes) {
        for (const auto& [required, requiring] : edges)
            if (required != requiring) required_[requiring].push_back(required);
        for (std::size_t node = 0; node < nodes; ++node) visit(node);
    }

    const std::vector<std::size_t>& layers() const { return layers_; }

private:
    enum class Mark { unvisited, open, finished };

    struct Step {
        std::size_t node;
        std::size_t next = 0;
    };

    void visit(std::size_t start) {
        std::vector<Step> path;
        open(start, path);
        while (!path.empty()) {
            Step& step = path.back();
            if (step.next < required_[step.node].size()) {
                open(required_[step.node][step.next++], path);
                continue;
            }
            finish(step.node);
            path.pop_back();
        }
    }

    void open(std::size_t node, std::vector<Step>& path) {
        if (marks_[node] != Mark::unvisited) return;
        marks_[node] = Mark::open;
        path.push_back({node});
    }

    void finish(std::size_t node) {
        for (const std::size_t required : required_[node])
            if (marks_[required] == Mark::finished) layers_[node] = std::max(layers_[node], layers_[required] + 1);
        marks_[node] = Mark::finished;
    }

    Adjacency required_;
    std::vector<Mark> marks_;
    std::vector<std::size_t> layers_;
};

Adjacency neighbours_of(std::size_t nodes, const std::vector<LayoutEdge>& edges) {
    Adjacency neighbours(nodes);
    for (const auto& [required, requiring] : edges) {
        neighbours[required].push_back(requiring);
        neighbours[requiring].push_back(required);
    }
    return neighbours;
}

double mean_position(std::size_t node, const Adjacency& neighbours, const std::vector<LayoutPlace>& positions) {
    if (neighbours[node].empty()) return static_cast<double>(positions[node].position);
    double sum = 0;
    for (const std::size_t neighbour : neighbours[node]) sum += static_cast<double>(positions[neighbour].position);
    return sum / static_cast<double>(neighbours[node].size());
}

}  // namespace

std::vector<LayoutPlace> layered_layout(std::size_t nodes, const std::vector<LayoutEdge>& edges) {
    const Layering layering(nodes, edges);
    std::vector<LayoutPlace> positions(nodes);
    Adjacency layers;
    for (std::size_t node = 0; node < nodes; ++node) {
        const std::size_t layer = layering.layers()[node];
        if (layers.size() <= layer) layers.resize(layer + 1);
        positions[node] = {layer, layers[layer].size()};
        layers[layer].push_back(node);
    }
    const Adjacency neighbours = neighbours_of(nodes, edges);
    for (int pass = 0; pass < sweeps; ++pass)
        for (std::size_t i = 0; i < layers.size(); ++i) {
            auto& layer = layers[pass % 2 == 0 ? i : layers.size() - 1 - i];
            std::ranges::stable_sort(layer, {},
                                     [&](std::size_t node) { return mean_position(node, neighbours, positions); });
            for (std::size_t position = 0; position < layer.size(); ++position)
                positions[layer[position]].position = position;
        }
    return positions;
}

}  // namespace freshet::dashboard
