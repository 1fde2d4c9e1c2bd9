// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/luigi_queries.hpp"
#include "scheduler/serialise.hpp"

#include <algorithm>
#include <deque>
#include <unordered_set>

namespace freshet::scheduler {

namespace {

/// Of a task that nobody has described, only the id can tell.
Json unregistered_node(const std::string& id) {
    const auto end = id.find_first_of("(_");
    const bool has_family = end != std::string::npos && end > 0;
    return Json::Object{{"deps", Json::array()},
                        {"status", "UNKNOWN"},
                        {"workers", Json::array()},
                        {"start_time", "UNKNOWN"},
                        {"params", Json::Object{{"task_id", id}}},
                        {"name", has_family ? id.substr(0, end) : "UNKNOWN"},
                        {"display_name", id},
                        {"priority", 0}};
}

using Neighbours = std::vector<TaskId> Task::*;

/// Walks breadth-first along dependencies or dependants, so that a graph cut short shows what is next to its root.
class Traversal {
public:
    Traversal(const SchedulerState& state, Neighbours neighbours, bool include_done)
        : state_(state), neighbours_(neighbours), include_done_(include_done) {}

    void from(TaskId root) {
        if (!seen_.insert(root).second) return;
        std::deque<TaskId> queue{root};
        const std::size_t before = nodes_.size();
        while (!queue.empty() && nodes_.size() - before < static_cast<std::size_t>(state_.config.max_graph_nodes)) {
            const TaskId task = queue.front();
            queue.pop_front();
            add(task, task == root, queue);
        }
    }

    Json take() { return std::move(nodes_); }

private:
    void add(TaskId id, bool is_root, std::deque<TaskId>& queue) {
        const Task& task = state_.tasks[id];
        Json node = task.known && !task.family->empty() ? node_json(id, queue) : unregistered_node(task.id);
        Json::Object members = node.as_object();
        if (!is_root) std::erase_if(members, [](const auto& member) { return member.first == "display_name"; });
        nodes_.emplace_back(task.id, std::move(members));
    }

    Json node_json(TaskId id, std::deque<TaskId>& queue) {
        std::vector<TaskId> near = state_.tasks[id].*neighbours_;
        if (!include_done_)
            std::erase_if(near,
                          [&](TaskId t) { return state_.tasks[t].known && state_.tasks[t].status == Status::done; });
        Json::Object json = serialize_task(state_, id);
        json.emplace_back("deps", ids_of(state_, near));
        std::sort(near.begin(), near.end(),
                  [&](TaskId a, TaskId b) { return state_.tasks[a].id < state_.tasks[b].id; });
        for (const TaskId task : near)
            if (seen_.insert(task).second) queue.push_back(task);
        return json;
    }

    const SchedulerState& state_;
    Neighbours neighbours_;
    bool include_done_;
    std::unordered_set<TaskId> seen_;
    Json::Object nodes_;
};

Json traverse(const SchedulerState& state, const std::string& root, Neighbours neighbours, bool include_done) {
    const auto id = state.tasks.find(root);
    if (!id) return Json::object();
    Traversal traversal(state, neighbours, include_done);
    traversal.from(*id);
    return traversal.take();
}

}  // namespace

Json dep_graph(const SchedulerState& state, const rpc::DepGraph& request) {
    return traverse(state, request.task_id, &Task::deps, request.include_done);
}

Json inverse_dep_graph(const SchedulerState& state, const rpc::InverseDepGraph& request) {
    return traverse(state, request.task_id, &Task::dependants, request.include_done);
}

Json graph(const SchedulerState& state) {
    Traversal traversal(state, &Task::deps, true);
    for (const TaskId id : state.tasks.in_order()) traversal.from(id);
    return traversal.take();
}

}  // namespace freshet::scheduler
