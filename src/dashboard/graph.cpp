// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/graph.hpp"

#include "dashboard/run_page.hpp"
#include "freshet/text.hpp"
#include "scheduler/explanation.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

namespace freshet::dashboard {

namespace {

/// View in the making: finds the nodes that it has.
class GraphBuilder {
public:
    explicit GraphBuilder(GraphView& view) : view_(view) {}

    std::size_t add_family(const std::string& name) {
        const auto [found, added] = families_.try_emplace(name, view_.nodes.size());
        if (added) view_.nodes.push_back({.family = name});
        return found->second;
    }
    std::optional<std::size_t> find(TaskId task) const {
        const auto found = tasks_.find(task);
        return found == tasks_.end() ? std::nullopt : std::optional(found->second);
    }
    std::size_t add_task(const SchedulerState& state, TaskId id, Time now) {
        const auto [found, added] = tasks_.try_emplace(id, view_.nodes.size());
        if (!added) return found->second;
        const Task& task = state.tasks[id];
        GraphNode node{.task = ref_of(task)};
        if (task.family) node.family = shortened(*task.family, max_text_length);
        if (const auto took = scheduler::attempt_duration(task, now); took > Time::duration{}) node.took = took;
        view_.nodes.push_back(std::move(node));
        return found->second;
    }
    void add_edge(std::size_t required, std::size_t requiring, std::size_t count, bool is_blocking) {
        const auto [found, added] = edges_.try_emplace({required, requiring}, view_.edges.size());
        if (added) view_.edges.push_back({.required = required, .requiring = requiring, .count = 0});
        view_.edges[found->second].count += count;
        view_.edges[found->second].is_blocking |= is_blocking;
    }

private:
    GraphView& view_;
    std::map<std::string, std::size_t> families_;
    std::map<TaskId, std::size_t> tasks_;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> edges_;
};

std::string name_of(const scheduler::Symbol& family) {
    return family ? shortened(*family, max_text_length) : std::string();
}

bool is_done(const Task& task) { return task.known && task.status == Status::done; }

/// The neighbours to draw, those that are not done first; an id for each, of at most so many.
std::vector<TaskId> most_urgent(const TaskTable& tasks, const std::vector<TaskId>& neighbours) {
    std::vector<std::tuple<int, std::size_t, TaskId>> ranked;
    for (std::size_t i = 0; i < neighbours.size() && i < max_neighbours_examined; ++i)
        ranked.emplace_back(blocking_rank(ref_of(tasks[neighbours[i]]).status), i, neighbours[i]);
    std::ranges::sort(ranked);
    if (ranked.size() > max_drawn_neighbours) ranked.resize(max_drawn_neighbours);
    std::vector<TaskId> urgent;
    for (const auto& entry : ranked) urgent.push_back(std::get<TaskId>(entry));
    return urgent;
}

/// Adds the neighbours of a task in one direction, step by step.
void expand(const SchedulerState& state, GraphBuilder& graph, GraphView& view, TaskId start,
            std::vector<TaskId> Task::*direction) {
    const bool is_upstream = direction == &Task::deps;
    std::vector<TaskId> level{start};
    std::size_t left = max_drawn_tasks;
    for (std::size_t step = 0; step < view.filter.depth && !level.empty(); ++step) {
        std::vector<TaskId> next_level;
        for (const TaskId id : level)
            for (const TaskId near : most_urgent(state.tasks, state.tasks[id].*direction)) {
                if (!graph.find(near)) {
                    if (left == 0) continue;
                    --left;
                    next_level.push_back(near);
                }
                const std::size_t from = *graph.find(id), to = graph.add_task(state, near, view.taken);
                graph.add_edge(is_upstream ? to : from, is_upstream ? from : to, 1,
                               !is_done(state.tasks[is_upstream ? near : id]));
            }
        level = std::move(next_level);
    }
}

/// Counts the neighbours of the drawn tasks that are not drawn.
void count_hidden(const SchedulerState& state, GraphView& view) {
    std::vector<std::size_t> drawn(view.nodes.size());
    for (const GraphEdge& edge : view.edges) ++drawn[edge.required], ++drawn[edge.requiring];
    for (std::size_t i = 0; i < view.nodes.size(); ++i) {
        const auto id = state.tasks.find(view.nodes[i].task->id);
        if (!id) continue;
        const std::size_t all = state.tasks[*id].deps.size() + state.tasks[*id].dependants.size();
        view.nodes[i].hidden = all - std::min(all, drawn[i]);
    }
}

/// The families to show, those with failures first, then those with most tasks; in the order of their names.
std::vector<std::pair<std::string, StatusCounts>> shown_families(const SchedulerState& state, GraphView& view) {
    std::vector<std::pair<std::string, StatusCounts>> all;
    for (const auto& [name, counts] : state.tasks.index().families())
        if (all.size() < max_scanned && !name->empty()) all.emplace_back(name_of(name), counts.by_status);
    const auto rank = [](const auto& family) {
        const StatusCounts& counts = family.second;
        std::size_t sum = 0;
        for (const std::size_t count : counts) sum += count;
        return std::pair(severity_of(counts) == Severity::error, sum);
    };
    std::ranges::sort(all, std::greater<>(), rank);
    if (all.size() > max_graph_families) {
        view.omitted = state.tasks.index().families().size() - max_graph_families;
        all.resize(max_graph_families);
    }
    std::ranges::sort(all, {}, [](const auto& family) { return family.first; });
    return all;
}

/// Adds edges between a task and the families next to it.
void add_near_families(const SchedulerState& state, GraphBuilder& graph, TaskId id, std::size_t node,
                       const std::string& own) {
    const Task& task = state.tasks[id];
    const auto near_family = [&](TaskId near) {
        const std::string name = name_of(scheduler::edge_family(state.tasks[near].family));
        return name == own ? graph.find(near) : std::optional(graph.add_family(name));
    };
    for (std::size_t i = 0; i < task.deps.size() && i < max_neighbours_examined; ++i)
        if (const auto near = near_family(task.deps[i]))
            graph.add_edge(*near, node, 1, !is_done(state.tasks[task.deps[i]]));
    for (std::size_t i = 0; i < task.dependants.size() && i < max_neighbours_examined; ++i)
        if (const auto near = near_family(task.dependants[i])) graph.add_edge(node, *near, 1, !is_done(task));
}

void add_counts(const SchedulerState& state, GraphView& view) {
    std::map<std::string, GraphNode*> nodes;
    for (GraphNode& node : view.nodes)
        if (!node.task) nodes.emplace(node.family, &node);
    std::size_t examined = 0;
    for (const auto& [name, counts] : state.tasks.index().families())
        if (const auto node = nodes.find(name_of(name)); node != nodes.end())
            node->second->counts = counts.by_status;
        else if (++examined == max_scanned)
            break;
}

}  // namespace

GraphView take_family_graph(const SchedulerState& state, Time now) {
    GraphView view{.taken = now};
    GraphBuilder graph(view);
    std::set<std::string> shown;
    for (const auto& [name, counts] : shown_families(state, view)) {
        view.nodes[graph.add_family(name)].counts = counts;
        shown.insert(name);
    }
    const auto node_of = [&](const scheduler::Symbol& family) {
        const std::string name = name_of(family);
        return name.empty() || shown.contains(name) ? std::optional(graph.add_family(name)) : std::nullopt;
    };
    std::size_t examined = 0;
    for (const auto& [key, count] : state.tasks.family_edges().all()) {
        if (examined++ == max_family_edges) break;
        const auto required = node_of(key.second), requiring = node_of(key.first);
        if (required && requiring) graph.add_edge(*required, *requiring, static_cast<std::size_t>(count), false);
    }
    return view;
}

GraphView take_family_tasks(const SchedulerState& state, const std::string& family, const std::vector<std::string>& ids,
                            Time now) {
    GraphView view{.filter = {.family = family}, .taken = now};
    GraphBuilder graph(view);
    std::vector<TaskId> tasks;
    for (const std::string& id : ids)
        if (const auto task = state.tasks.find(id); task && tasks.size() < max_drawn_tasks) {
            graph.add_task(state, *task, now);
            tasks.push_back(*task);
        }
    for (const TaskId task : tasks) add_near_families(state, graph, task, *graph.find(task), family);
    add_counts(state, view);
    return view;
}

GraphView take_task_graph(const SchedulerState& state, const GraphFilter& filter, Time now) {
    GraphView view{.filter = filter, .taken = now};
    const auto id = state.tasks.find(filter.task);
    view.is_known = id.has_value();
    if (!id) return view;
    GraphBuilder graph(view);
    view.nodes[graph.add_task(state, *id, now)].is_focus = true;
    view.why = explain(state, *id, now);
    expand(state, graph, view, *id, &Task::deps);
    expand(state, graph, view, *id, &Task::dependants);
    count_hidden(state, view);
    return view;
}

ChainQuery::ChainQuery(const SchedulerState& state, std::shared_ptr<GraphView> view, Time now)
    : view_(std::move(view)), now_(now) {
    view_->taken = now;
    if (const auto root = state.tasks.find(view_->filter.run))
        walk_.emplace(*root, max_tasks_of_run);
    else
        take_kept(state);
}

void ChainQuery::add(const SchedulerState& state, GraphNode node) {
    if (view_->nodes.size() == max_chain_links) return;
    if (const auto id = state.tasks.find(node.task->id)) node.task = ref_of(state.tasks[*id]);
    view_->nodes.push_back(std::move(node));
    if (const std::size_t last = view_->nodes.size() - 1; last > 0)
        view_->edges.push_back({.required = last - 1, .requiring = last});
}

void ChainQuery::take_kept(const SchedulerState& state) {
    view_->is_known = false;
    for (const auto& [name, stats] : state.family_stats.families())
        for (const scheduler::RecentRun& run : stats.runs) {
            if (run.task_id != view_->filter.run) continue;
            view_->is_known = true;
            view_->run_took = run.ended - run.registered;
            for (const scheduler::ChainLink& link : run.longest_chain)
                add(state, {.family = family_of(link.task_id),
                            .task = TaskRef{.id = link.task_id, .name = link.task_id, .status = Status::done},
                            .took = link.took});
        }
}

bool ChainQuery::step(const SchedulerState& state, scheduler::Budget budget) {
    if (!walk_) return true;
    if (!walk_->advance(state, now_, budget)) return false;
    for (const auto& [task, took] : walk_->longest_chain())
        add(state, {.family = name_of(state.tasks[task].family), .task = ref_of(state.tasks[task]), .took = took});
    if (const auto root = state.tasks.find(view_->filter.run)) {
        const Task& task = state.tasks[*root];
        view_->run_took = (task.status == Status::done ? task.updated : now_) - task.created;
    }
    return true;
}

}  // namespace freshet::dashboard
