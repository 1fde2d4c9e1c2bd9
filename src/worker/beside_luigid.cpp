// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/worker.hpp"

#include <algorithm>

namespace freshet::worker {

namespace {

// A luigid answers one call at a time, to everybody: a round of questions must not keep it busy.
constexpr std::size_t few_tasks = 10;           // are asked about one by one, with two calls for each
constexpr std::size_t most_tasks = 100;         // so many in a round; the others in the next ones
constexpr std::size_t most_graphs = 20;         // in a round
constexpr std::int64_t largest_graph = 10'000;  // tasks: about ten megabytes of answer

std::vector<std::string> workers_of(const Json& task) {
    std::vector<std::string> names;
    const Json* workers = task.find("workers");
    if (workers && workers->is_array())
        for (const Json& worker : workers->as_array()) names.push_back(worker.as_string());
    return names;
}

wire::TaskAdded state_in(const Json& task) {
    return {.status = wire::status_from(task.at("status").as_string()), .is_offered = !workers_of(task).empty()};
}

}  // namespace

/// What is not done of a task and of all that it requires, by their ids.
Json Worker::graph_of(std::size_t node) {
    const auto answers = call({wire::DepGraph{.task_id = plan_[node].task.id(), .include_done = false}});
    const auto* graph = std::get_if<Json>(&answers.front());
    return graph && graph->is_object() ? *graph : Json::object();
}

wire::TaskAdded Worker::state_of(std::size_t node) {
    const Json graph = graph_of(node);
    const Json* found = graph.find(plan_[node].task.id());
    return found ? state_in(*found) : wire::TaskAdded{};
}

std::map<std::size_t, wire::TaskAdded> Worker::waiting_at_luigid() {
    std::map<std::size_t, wire::TaskAdded> waiting;
    if (open_tasks() > largest_graph) return waiting;
    std::size_t graphs = 0;
    for (const std::size_t root : plan_.roots()) {
        if (!is_open(root) || waiting.contains(root)) continue;
        if (++graphs > most_graphs) break;
        const Json graph = graph_of(root);
        for (const auto& [id, task] : graph.as_object()) {
            const auto node = plan_.find(id);
            if (node && waits_in(task, *node)) waiting.emplace(*node, state_in(task));
        }
    }
    return waiting;
}

bool Worker::waits_in(const Json& task, std::size_t node) const {
    if (is_external(node)) return true;  // all of it is another worker's affair
    const std::string& status = task.at("status").as_string();
    if (status != "PENDING" && status != "RUNNING" && status != "BATCH_RUNNING") return false;
    const auto workers = workers_of(task);  // it gives a task to one of these
    return std::ranges::find(workers, options_.id) != workers.end();
}

/// Learns how those tasks stand that wait at a luigid as they should; returns those of the others to ask about now.
std::vector<std::size_t> Worker::unclear_at_luigid(std::vector<std::size_t> nodes, std::size_t& next) {
    if (nodes.size() <= few_tasks) return nodes;
    const auto waiting = waiting_at_luigid();
    std::erase_if(nodes, [&](std::size_t node) {
        const auto found = waiting.find(node);
        if (found != waiting.end()) learn(node, found->second);
        return found != waiting.end();
    });
    std::ranges::sort(nodes);
    std::ranges::rotate(nodes, std::ranges::lower_bound(nodes, next));
    if (nodes.size() > most_tasks) nodes.resize(most_tasks);
    if (!nodes.empty()) next = nodes.back() + 1;
    return nodes;
}

}  // namespace freshet::worker
