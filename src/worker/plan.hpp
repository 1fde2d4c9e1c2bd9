// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "freshet/task.hpp"

#include "task/graph.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace freshet::worker {

/// An impossible plan: a task that requires itself, or two tasks with one output.
class PlanError : public Error {
public:
    using Error::Error;
};

/// A task and the result of checking it.
struct Node {
    AnyTask task;
    bool is_complete = false;
    std::vector<std::size_t> requirements{};  ///< nodes; empty for a complete task, whose requirements are not checked
    std::string error{};                      ///< why the check of completeness or requirements failed
};

/// The graph of some tasks and all that they require, breadth-first, no further than complete tasks. Nodes are numbered
/// from 0 and never removed.
class Plan {
public:
    /// Adds tasks with all that they require; returns their nodes. Throws PlanError naming the cycle's path or both
    /// tasks.
    std::vector<std::size_t> add(const std::vector<AnyTask>& tasks);
    void add_roots(const std::vector<AnyTask>& tasks) { roots_ = add(tasks); }

    /// Adds dynamic requirements, which a task found while it ran. Throws PlanError for a cycle.
    void add_requirements(std::size_t task, const std::vector<std::size_t>& required);

    /// Checks a task again whose output has gone, with what it requires. Throws PlanError.
    void recheck(std::size_t node);

    const Node& operator[](std::size_t node) const { return nodes_[node]; }
    std::size_t size() const { return nodes_.size(); }
    std::optional<std::size_t> find(std::string_view task_id) const;
    const std::vector<std::size_t>& roots() const { return roots_; }
    Graph graph() const;

private:
    std::size_t find_or_add_node(const AnyTask& task, std::vector<std::size_t>& added);
    void check_node(std::size_t node, std::vector<std::size_t>& added);
    void check_nodes(std::vector<std::size_t>& added);
    void claim_outputs(std::size_t node);
    void reject_cycles(std::size_t first) const;
    void complete_wrappers();

    std::deque<Node> nodes_;  // a deque: ids_ points into it
    std::unordered_map<std::string_view, std::size_t> ids_;
    std::unordered_map<std::string, std::size_t> producers_;  // by the output's address
    std::vector<std::size_t> roots_;
};

/// Plans how to bring `roots` up to date. Throws PlanError.
Plan make_plan(const std::vector<AnyTask>& roots);

}  // namespace freshet::worker
