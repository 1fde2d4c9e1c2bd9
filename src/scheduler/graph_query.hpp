// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/sliced_query.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

namespace freshet::scheduler {

using Neighbours = std::vector<TaskId> Task::*;

/// Writer of the nodes of a graph: tasks with the ids of their dependencies or dependants, of which one task may have a
/// million.
class NodeWriter {
public:
    NodeWriter(Neighbours neighbours, bool include_done) : neighbours_(neighbours), include_done_(include_done) {}

    enum class DisplayName { shown, omitted };
    /// Begins the node of a task, which may be unregistered.
    void begin(const SchedulerState& state, TaskId id, DisplayName display_name, Budget& budget);
    /// Goes on with the node; returns true once it is complete.
    bool advance(const SchedulerState& state, Budget& budget);
    /// The neighbours of the complete node.
    std::vector<TaskId> take_neighbours() { return std::exchange(near_, {}); }

    std::size_t count() const { return count_; }
    std::size_t size() const { return nodes_.size(); }
    std::vector<std::string> take_json() { return nodes_.take().take(); }

private:
    Neighbours neighbours_;
    bool include_done_;
    TasksById nodes_;
    std::size_t count_ = 0;
    bool is_open_ = false;  ///< a node has begun
    std::vector<TaskId> near_;
    std::size_t next_near_ = 0;
    std::size_t shown_near_ = 0;
};

/// dep_graph and inverse_dep_graph: tasks by id, breadth-first from one task along dependencies or dependants, at most
/// `max_graph_nodes`, so that a graph cut short shows what is next to its root. Done ones only where requested;
/// unregistered ones with status UNKNOWN.
class GraphQuery final : public SlicedQuery {
public:
    /// Without a root, the graph is empty.
    GraphQuery(const SchedulerState& state, std::optional<TaskId> root, Neighbours neighbours, bool include_done);

    bool step(const SchedulerState& state, Budget budget) override;
    QueryResult take_result() override { return {.json = nodes_.take_json(), .is_truncated = is_truncated_}; }

private:
    void enqueue(const SchedulerState& state, std::vector<TaskId> near);

    NodeWriter nodes_;
    std::size_t limit_;
    std::optional<TaskId> root_;
    std::vector<bool> seen_;
    std::deque<TaskId> queue_;
    bool is_truncated_ = false;
};

/// graph: all tasks by id, with their dependencies, the first `max_graph_nodes`.
class WholeGraphQuery final : public SlicedQuery {
public:
    WholeGraphQuery(const SchedulerState& state, const rpc::Graph& request);

    bool step(const SchedulerState& state, Budget budget) override;
    QueryResult take_result() override { return {nodes_.take_json(), cursor_.has_value(), cursor_}; }

private:
    using InOrder = std::pair<std::uint64_t, TaskId>;

    bool collect(const SchedulerState& state, Budget& budget);
    bool find_roots(const SchedulerState& state, Budget& budget);
    bool show(const SchedulerState& state, Budget& budget);

    NodeWriter nodes_{&Task::deps, true};
    std::size_t limit_;
    std::size_t collected_ = 0;
    /// Tasks by order of registration, until it is known which of them are roots.
    std::priority_queue<InOrder, std::vector<InOrder>, std::greater<>> tasks_;
    std::vector<TaskId> stack_;
    std::vector<bool> seen_;
    std::vector<bool> inner_;  ///< required by a task registered before: Luigi omits their display names
    std::size_t next_;
    std::optional<std::int64_t> cursor_{};
};

}  // namespace freshet::scheduler
