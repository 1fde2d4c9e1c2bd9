// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/queries.hpp"
#include "scheduler/serialise.hpp"

#include <algorithm>
#include <deque>
#include <unordered_set>

namespace freshet::scheduler {

namespace {

/// Of a task that nobody has described, only the id can tell.
Json undescribed(const std::string& id) {
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
    Traversal(const Board& board, Neighbours neighbours, bool include_done)
        : board_(board), neighbours_(neighbours), include_done_(include_done) {}

    void from(TaskId root) {
        if (!seen_.insert(root).second) return;
        std::deque<TaskId> queue{root};
        const std::size_t before = nodes_.size();
        while (!queue.empty() && nodes_.size() - before < static_cast<std::size_t>(board_.config.max_graph_nodes)) {
            const TaskId task = queue.front();
            queue.pop_front();
            add(task, task == root, queue);
        }
    }

    Json take() { return std::move(nodes_); }

private:
    void add(TaskId id, bool is_root, std::deque<TaskId>& queue) {
        const Task& task = board_.tasks[id];
        Json node = task.known && !task.family->empty() ? described(id, queue) : undescribed(task.id);
        Json::Object members = node.as_object();
        if (!is_root) std::erase_if(members, [](const auto& member) { return member.first == "display_name"; });
        nodes_.emplace_back(task.id, std::move(members));
    }

    Json described(TaskId id, std::deque<TaskId>& queue) {
        std::vector<TaskId> near = board_.tasks[id].*neighbours_;
        if (!include_done_)
            std::erase_if(near,
                          [&](TaskId t) { return board_.tasks[t].known && board_.tasks[t].status == Status::done; });
        Json::Object json = serialised(board_, id);
        json.emplace_back("deps", ids_of(board_, near));
        std::sort(near.begin(), near.end(),
                  [&](TaskId a, TaskId b) { return board_.tasks[a].id < board_.tasks[b].id; });
        for (const TaskId task : near)
            if (seen_.insert(task).second) queue.push_back(task);
        return json;
    }

    const Board& board_;
    Neighbours neighbours_;
    bool include_done_;
    std::unordered_set<TaskId> seen_;
    Json::Object nodes_;
};

Json traversed(const Board& board, const std::string& root, Neighbours neighbours, bool include_done) {
    const auto id = board.tasks.find(root);
    if (!id) return Json::object();
    Traversal traversal(board, neighbours, include_done);
    traversal.from(*id);
    return traversal.take();
}

}  // namespace

Json dep_graph(const Board& board, const wire::DepGraph& request) {
    return traversed(board, request.task_id, &Task::deps, request.include_done);
}

Json inverse_dep_graph(const Board& board, const wire::InverseDepGraph& request) {
    return traversed(board, request.task_id, &Task::dependants, request.include_done);
}

Json graph(const Board& board) {
    Traversal traversal(board, &Task::deps, true);
    for (const TaskId id : board.tasks.in_order()) traversal.from(id);
    return traversal.take();
}

}  // namespace freshet::scheduler
