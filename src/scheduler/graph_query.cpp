// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/graph_query.hpp"

#include "scheduler/luigi_queries.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

/// Sorted by id, as Luigi does, within the time of a slice; more are shown in their own order.
constexpr std::size_t max_sorted = 1000;

std::size_t node_limit(const SchedulerState& state) {
    return static_cast<std::size_t>(std::max<std::int64_t>(state.config.max_graph_nodes, 1));
}

/// The node of a task that nobody has registered, without deps: its family is guessed from the id.
Json::Object unregistered_node(const std::string& id) {
    const auto end = id.find_first_of("(_");
    const bool has_family = end != std::string::npos && end > 0;
    return {{"status", "UNKNOWN"},
            {"workers", Json::array()},
            {"start_time", "UNKNOWN"},
            {"params", Json::Object{{"task_id", id}}},
            {"name", has_family ? id.substr(0, end) : "UNKNOWN"},
            {"display_name", id},
            {"priority", 0}};
}

bool is_done(const Task& task) { return task.known && task.status == Status::done; }

}  // namespace

void NodeWriter::begin(const SchedulerState& state, TaskId id, DisplayName display_name, Budget& budget) {
    const Task& task = state.tasks[id];
    const bool is_described = task.known && !task.family->empty();
    Json::Object node = is_described ? serialize_task(state, id) : unregistered_node(task.id);
    if (display_name == DisplayName::omitted)
        std::erase_if(node, [](const auto& member) { return member.first == "display_name"; });
    JsonPieces& json = nodes_.begin(task.id);
    json.append_open(node);
    json.append(R"(, "deps": [)");
    near_ = is_described ? task.*neighbours_ : std::vector<TaskId>();
    next_near_ = shown_near_ = 0;
    is_open_ = true;
    ++count_;
    budget.consume(Budget::show);
}

bool NodeWriter::advance(const SchedulerState& state, Budget& budget) {
    if (!is_open_) return true;
    JsonPieces& json = nodes_.text();
    for (; next_near_ < near_.size(); ++next_near_) {
        if (budget.is_consumed()) return false;
        budget.consume(Budget::visit);
        const TaskId id = near_[next_near_];
        const Task& task = state.tasks[id];
        if (task.id.empty() || (!include_done_ && is_done(task))) continue;
        if (shown_near_ > 0) json.append(", ");
        json.append_string(task.id);
        near_[shown_near_++] = id;
    }
    near_.resize(shown_near_);
    json.append("]}");
    is_open_ = false;
    return true;
}

GraphQuery::GraphQuery(const SchedulerState& state, std::optional<TaskId> root, Neighbours neighbours,
                       bool include_done)
    : nodes_(neighbours, include_done), limit_(node_limit(state)), root_(root) {
    if (!root_) return;
    seen_.resize(state.tasks.id_limit());
    seen_[static_cast<std::size_t>(*root_)] = true;
    queue_.push_back(*root_);
}

bool GraphQuery::step(const SchedulerState& state, Budget budget) {
    seen_.resize(state.tasks.id_limit());
    while (nodes_.advance(state, budget)) {
        enqueue(state, nodes_.take_neighbours());
        if (queue_.empty()) return true;
        is_truncated_ = nodes_.count() >= limit_ || nodes_.size() > JsonPieces::max_size;
        if (is_truncated_) return true;
        if (budget.is_consumed()) return false;
        const TaskId task = queue_.front();
        queue_.pop_front();
        if (state.tasks[task].id.empty()) continue;  // removed since it was queued
        const bool is_root = nodes_.count() == 0;
        nodes_.begin(state, task, is_root ? NodeWriter::DisplayName::shown : NodeWriter::DisplayName::omitted, budget);
    }
    return false;
}

void GraphQuery::enqueue(const SchedulerState& state, std::vector<TaskId> near) {
    if (near.size() <= max_sorted)
        std::ranges::sort(near, {}, [&](TaskId id) -> const std::string& { return state.tasks[id].id; });
    for (const TaskId task : near) {
        if (seen_[static_cast<std::size_t>(task)]) continue;
        seen_[static_cast<std::size_t>(task)] = true;
        queue_.push_back(task);
    }
}

WholeGraphQuery::WholeGraphQuery(const SchedulerState& state, const rpc::Graph& request)
    : limit_(node_limit(state)), next_(first_task_of_page(request.cursor)) {}

bool WholeGraphQuery::step(const SchedulerState& state, Budget budget) {
    return collect(state, budget) && find_roots(state, budget) && show(state, budget);
}

bool WholeGraphQuery::collect(const SchedulerState& state, Budget& budget) {
    const std::size_t end = state.tasks.id_limit();
    for (; collected_ < end; ++collected_) {
        if (budget.is_consumed()) return false;
        budget.consume(Budget::visit);
        const auto id = static_cast<TaskId>(collected_);
        if (state.tasks[id].known) tasks_.emplace(state.tasks[id].sequence, id);
    }
    seen_.resize(end);
    inner_.resize(end);
    return true;
}

/// Walks along the dependencies of each task in turn, as Luigi does.
bool WholeGraphQuery::find_roots(const SchedulerState& state, Budget& budget) {
    for (;;) {
        if (stack_.empty() && tasks_.empty()) break;
        if (budget.is_consumed()) return false;
        if (stack_.empty()) {
            stack_.push_back(tasks_.top().second);
            tasks_.pop();
            if (seen_[static_cast<std::size_t>(stack_.back())]) stack_.pop_back();
            budget.consume(Budget::visit);
            if (stack_.empty()) continue;
            seen_[static_cast<std::size_t>(stack_.back())] = true;
        }
        const Task& task = state.tasks[stack_.back()];
        stack_.pop_back();
        budget.consume(Budget::visit * (1 + task.deps.size()));
        for (const TaskId dep : task.deps) {
            const auto at = static_cast<std::size_t>(dep);
            if (at >= seen_.size() || seen_[at]) continue;
            seen_[at] = inner_[at] = true;
            stack_.push_back(dep);
        }
    }
    tasks_ = {};
    return true;
}

bool WholeGraphQuery::show(const SchedulerState& state, Budget& budget) {
    while (nodes_.advance(state, budget)) {
        while (next_ < state.tasks.id_limit() && state.tasks[static_cast<TaskId>(next_)].id.empty()) ++next_;
        if (next_ >= state.tasks.id_limit()) return true;
        if (nodes_.count() >= limit_ || nodes_.size() > JsonPieces::max_size) {
            cursor_ = static_cast<std::int64_t>(next_);
            return true;
        }
        if (budget.is_consumed()) return false;
        const bool is_inner = next_ < inner_.size() && inner_[next_];
        const auto id = static_cast<TaskId>(next_++);
        nodes_.begin(state, id, is_inner ? NodeWriter::DisplayName::omitted : NodeWriter::DisplayName::shown, budget);
    }
    return false;
}

}  // namespace freshet::scheduler
