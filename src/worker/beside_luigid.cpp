// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker.hpp"

#include <algorithm>

namespace freshet::worker {

namespace {

// A luigid answers one call at a time, to everybody: a round of questions must not keep it busy.
constexpr std::size_t max_direct_queries = 10;    // are asked about one by one, with two calls for each
constexpr std::size_t max_tasks_per_round = 100;  // so many in a round; the others in the next ones
constexpr std::size_t max_graphs_per_round = 20;  // in a round
constexpr std::int64_t max_graph_tasks = 10'000;  // tasks: about ten megabytes of answer

std::vector<std::string> workers_of(const Json& task) {
    std::vector<std::string> names;
    const Json* workers = task.find("workers");
    if (workers && workers->is_array())
        for (const Json& worker : workers->as_array()) names.push_back(worker.as_string());
    return names;
}

rpc::TaskAdded parse_state(const Json& task) {
    return {.status = rpc::status_from(task.at("status").as_string()), .is_offered = !workers_of(task).empty()};
}

}  // namespace

/// What is not done of a task and of all that it requires, by their ids.
Json Worker::query_graph(std::size_t node) {
    const auto responses = call({rpc::DepGraph{.task_id = plan_[node].task.id(), .include_done = false}});
    const auto* graph = std::get_if<Json>(&responses.front());
    return graph && graph->is_object() ? *graph : Json::object();
}

rpc::TaskAdded Worker::query_state(std::size_t node) {
    const Json graph = query_graph(node);
    const Json* found = graph.find(plan_[node].task.id());
    return found ? parse_state(*found) : rpc::TaskAdded{};
}

std::map<std::size_t, rpc::TaskAdded> Worker::pending_at_luigid() {
    std::map<std::size_t, rpc::TaskAdded> pending;
    if (count_pending_tasks() > max_graph_tasks) return pending;
    std::size_t graphs = 0;
    for (const std::size_t root : plan_.roots()) {
        if (!is_pending(root) || pending.contains(root)) continue;
        if (++graphs > max_graphs_per_round) break;
        const Json graph = query_graph(root);
        for (const auto& [id, task] : graph.as_object()) {
            const auto node = plan_.find(id);
            if (node && is_pending_in(task, *node)) pending.emplace(*node, parse_state(task));
        }
    }
    return pending;
}

bool Worker::is_pending_in(const Json& task, std::size_t node) const {
    if (is_external(node)) return true;  // all of it is another worker's affair
    const std::string& status = task.at("status").as_string();
    if (status != "PENDING" && status != "RUNNING" && status != "BATCH_RUNNING") return false;
    const auto workers = workers_of(task);  // it gives a task to one of these
    return std::ranges::find(workers, options_.id) != workers.end();
}

/// Learns how those tasks stand that wait at a luigid as they should; returns those of the others to ask about now.
std::vector<std::size_t> Worker::poll_luigid(std::vector<std::size_t> nodes, std::size_t& next) {
    if (nodes.size() <= max_direct_queries) return nodes;
    const auto pending = pending_at_luigid();
    std::erase_if(nodes, [&](std::size_t node) {
        const auto found = pending.find(node);
        if (found != pending.end()) apply_state(node, found->second);
        return found != pending.end();
    });
    std::ranges::sort(nodes);
    std::ranges::rotate(nodes, std::ranges::lower_bound(nodes, next));
    if (nodes.size() > max_tasks_per_round) nodes.resize(max_tasks_per_round);
    if (!nodes.empty()) next = nodes.back() + 1;
    return nodes;
}

}  // namespace freshet::worker
