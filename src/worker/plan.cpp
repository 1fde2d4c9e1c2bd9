// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::worker {

std::size_t Plan::find_or_add_node(const AnyTask& task, std::vector<std::size_t>& added) {
    if (const auto known = ids_.find(task.id()); known != ids_.end()) return known->second;
    const std::size_t node = nodes_.size();
    nodes_.push_back({.task = task});
    ids_.emplace(nodes_.back().task.id(), node);
    added.push_back(node);
    return node;
}

void Plan::claim_outputs(std::size_t node) {
    for (const AnyTarget& output : nodes_[node].task.outputs()) {
        const auto [producer, is_new] = producers_.emplace(output.address(), node);
        if (is_new || producer->second == node || nodes_[node].task.type().kind == TaskKind::wrapper) continue;
        throw PlanError(fmt::format("plan: {} and {} both produce '{}'", nodes_[producer->second].task.description(),
                                    nodes_[node].task.description(), output.address()));
    }
}

void Plan::check_node(std::size_t node, std::vector<std::size_t>& added) {
    const AnyTask task = nodes_[node].task;
    const bool is_wrapper = task.type().kind == TaskKind::wrapper;
    try {
        claim_outputs(node);
        if (!is_wrapper && task.complete()) {
            nodes_[node].is_complete = true;
            return;
        }
        std::vector<std::size_t> required;
        for (const AnyTask& requirement : task.requirements()) required.push_back(find_or_add_node(requirement, added));
        std::sort(required.begin(), required.end());
        required.erase(std::unique(required.begin(), required.end()), required.end());
        nodes_[node].requirements = std::move(required);
    } catch (const PlanError&) {
        throw;
    } catch (const std::exception& error) {
        nodes_[node].error = error.what();
    }
}

void Plan::check_nodes(std::vector<std::size_t>& added) {
    if (added.empty()) return;
    const std::size_t first = added.front();
    for (std::size_t i = 0; i < added.size(); ++i) check_node(added[i], added);
    reject_cycles(first);
    complete_wrappers();
}

std::vector<std::size_t> Plan::add(const std::vector<AnyTask>& tasks) {
    std::vector<std::size_t> added;
    std::vector<std::size_t> nodes;
    for (const AnyTask& task : tasks) nodes.push_back(find_or_add_node(task, added));
    check_nodes(added);
    return nodes;
}

void Plan::recheck(std::size_t node) {
    nodes_[node].is_complete = false;
    nodes_[node].error.clear();
    std::vector<std::size_t> added{node};
    check_nodes(added);
}

void Plan::add_requirements(std::size_t task, const std::vector<std::size_t>& required) {
    auto& requirements = nodes_[task].requirements;
    for (const std::size_t node : required)
        if (std::find(requirements.begin(), requirements.end(), node) == requirements.end())
            requirements.push_back(node);
    reject_cycles(task);
}

Graph Plan::graph() const {
    Graph graph(nodes_.size());
    for (std::size_t node = 0; node < nodes_.size(); ++node)
        for (const std::size_t required : nodes_[node].requirements) graph.add_edge(node, required);
    return graph;
}

void Plan::reject_cycles(std::size_t first) const {
    const auto cycle = find_cycle(graph(), first);
    if (cycle.empty()) return;
    std::string path;
    for (const std::size_t node : cycle)
        path += fmt::format("{}{}", path.empty() ? "" : " -> ", nodes_[node].task.description());
    throw PlanError(fmt::format("plan: a task requires itself: {}", path));
}

void Plan::complete_wrappers() {
    const bool any = std::any_of(nodes_.begin(), nodes_.end(),
                                 [](const Node& node) { return node.task.type().kind == TaskKind::wrapper; });
    if (!any) return;
    for (const std::size_t i : topological_order(graph())) {
        Node& node = nodes_[i];
        if (node.task.type().kind != TaskKind::wrapper || !node.error.empty()) continue;
        node.is_complete = std::all_of(node.requirements.begin(), node.requirements.end(),
                                       [this](std::size_t required) { return nodes_[required].is_complete; });
    }
}

std::optional<std::size_t> Plan::find(std::string_view task_id) const {
    const auto known = ids_.find(task_id);
    return known == ids_.end() ? std::nullopt : std::optional(known->second);
}

Plan make_plan(const std::vector<AnyTask>& roots) {
    Plan plan;
    plan.add_roots(roots);
    return plan;
}

}  // namespace freshet::worker
