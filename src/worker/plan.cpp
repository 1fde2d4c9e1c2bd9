// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/plan.hpp"

#include "base/config.hpp"
#include "worker/attempt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <map>
#include <numeric>
#include <utility>

namespace freshet::worker {

namespace {

constexpr std::size_t max_batch = 20'000;  // tasks whose outputs are kept to be asked for together

/// True when its outputs tell whether it is complete.
bool is_told_by_outputs(const TaskType& type) {
    return type.kind != TaskKind::wrapper && !type.has_own_completeness && !type.bulk_complete && type.has_outputs;
}

bool was_complete(const AnyTask& task, const Plan* earlier) {
    return earlier && earlier->found_complete(task).value_or(false);
}

}  // namespace

bool is_complete_now(const Node& node) {
    if (node.stale.empty()) return node.task.complete();
    const std::vector<AnyTarget> outputs = node.task.outputs();
    for (std::size_t i = 0; i < outputs.size() && i < node.stale.size(); ++i)
        if (const auto receipt = outputs[i].receipt(); receipt && receipt->text() == node.stale[i]) return false;
    return node.task.complete();
}

std::size_t Plan::find_or_add_node(AnyTask task, std::vector<std::size_t>& added) {
    if (const auto known = ids_.find(task.id()); known != ids_.end()) return known->second;
    const std::size_t node = nodes_.size();
    has_wrappers_ = has_wrappers_ || task.type().kind == TaskKind::wrapper;
    nodes_.push_back({.task = std::move(task)});
    if (const auto stale = stale_.find(nodes_.back().task.id()); stale != stale_.end())
        nodes_.back().stale = stale->second;
    ids_.emplace(nodes_.back().task.id(), node);
    added.push_back(node);
    return node;
}

/// Spares hash tables that grow from being made anew again and again.
void Plan::make_room(std::size_t tasks) {
    ids_.reserve(tasks);
    producers_.reserve(tasks);
}

void Plan::claim_outputs(std::size_t node, const std::vector<AnyTarget>& outputs) {
    for (const AnyTarget& output : outputs) {
        const auto [producer, is_new] = producers_.emplace(output.address(), node);
        if (is_new || producer->second == node || nodes_[node].task.type().kind == TaskKind::wrapper) continue;
        throw PlanError(fmt::format("plan: {} and {} both produce '{}'", nodes_[producer->second].task.description(),
                                    nodes_[node].task.description(), output.address()));
    }
}

std::optional<bool> Plan::found_complete(const AnyTask& task) const {
    const auto node = find(task.id());
    return node ? std::optional(nodes_[*node].is_complete) : std::nullopt;
}

bool Plan::roots_are_complete() const {
    return std::ranges::all_of(roots_, [this](std::size_t root) { return nodes_[root].is_complete; });
}

OutputCheck Plan::outputs_to_check(std::size_t node, const Plan* earlier) {
    const AnyTask& task = nodes_[node].task;
    OutputCheck check;
    try {
        auto outputs = task.outputs();
        claim_outputs(node, outputs);
        if (is_told_by_outputs(task.type()) && !was_complete(task, earlier)) check.outputs = std::move(outputs);
    } catch (const PlanError&) {
        throw;
    } catch (...) {
        check.error = std::current_exception();
    }
    return check;
}

bool Plan::is_complete(std::size_t node, const OutputCheck& outputs, const Plan* earlier) const {
    const AnyTask& task = nodes_[node].task;
    if (task.type().kind == TaskKind::wrapper) return false;  // complete_wrappers() tells
    if (!nodes_[node].stale.empty()) return is_complete_now(nodes_[node]);
    if (was_complete(task, earlier)) return true;
    if (const auto answer = bulk_answers_.find(node); answer != bulk_answers_.end()) return answer->second();
    return is_told_by_outputs(task.type()) ? outputs.all_exist : task.complete();
}

/// Returns true for a task that the run leaves alone, with all that it requires.
bool Plan::exclude(std::size_t node) {
    Node& known = nodes_[node];
    known.exclusion = Exclusion::none;
    if (known.task.disabled()) {
        known.exclusion = Exclusion::disabled;
        known.error = "it is disabled by its class";
    } else if (known.task.type().kind == TaskKind::wrapper) {
        return false;  // it may be complete, and there is nothing to run
    } else if (max_tasks_ && !known.is_scheduled && scheduled_ >= *max_tasks_) {
        known.exclusion = Exclusion::over_limit;
        known.error = fmt::format("it is beyond the {} tasks that the run schedules at most", *max_tasks_);
    } else {
        scheduled_ += !std::exchange(known.is_scheduled, true);
    }
    return known.exclusion != Exclusion::none;
}

void Plan::check_node(std::size_t node, const OutputCheck& outputs, std::vector<std::size_t>& added,
                      const Plan* earlier) {
    const AnyTask& task = nodes_[node].task;
    try {
        if (outputs.error) std::rethrow_exception(outputs.error);
        if (is_complete(node, outputs, earlier)) {
            nodes_[node].is_complete = true;
            return;
        }
        if (exclude(node)) return;
        std::vector<std::size_t> required;
        auto requirements = task.requirements();
        required.reserve(requirements.size());
        if (requirements.size() > nodes_.size()) make_room(nodes_.size() + requirements.size());
        for (AnyTask& requirement : requirements) required.push_back(find_or_add_node(std::move(requirement), added));
        std::sort(required.begin(), required.end());
        required.erase(std::unique(required.begin(), required.end()), required.end());
        nodes_[node].requirements = std::move(required);
        nodes_[node].needed.clear();
    } catch (const PlanError&) {
        throw;
    } catch (const ConfigError&) {
        throw;
    } catch (...) {
        const Failure failure = caught_failure().failure;
        nodes_[node].error = failure.message;
        nodes_[node].may_recover = failure.failure_class != FailureClass::permanent;
    }
}

/// Whatever the size of the plan, costs as much as what is below the added nodes: tasks may find out what they require
/// one after the other.
void Plan::check_nodes(std::vector<std::size_t>& added, const Plan* earlier) {
    if (added.empty()) return;
    ++revision_;
    std::vector<OutputCheck> checks;
    for (std::size_t next = 0; next < added.size();) {
        const std::size_t end = std::min(added.size(), next + max_batch);
        ask_in_bulk(std::span(added).subspan(next, end - next), earlier);
        checks.clear();
        for (std::size_t i = next; i < end; ++i) checks.push_back(outputs_to_check(added[i], earlier));
        check_outputs(checks);
        for (const OutputCheck& outputs : checks) check_node(added[next++], outputs, added, earlier);
    }
    bulk_answers_.clear();
    complete_wrappers(order_below(added));
}

/// Asks the classes that have bulk_complete() for all their tasks in a batch at once.
void Plan::ask_in_bulk(std::span<const std::size_t> level, const Plan* earlier) {
    bulk_answers_.clear();
    std::map<const TaskType*, std::vector<std::size_t>> nodes;
    for (const std::size_t node : level) {
        const AnyTask& task = nodes_[node].task;
        if (task.type().bulk_complete && !was_complete(task, earlier)) nodes[&task.type()].push_back(node);
    }
    for (const auto& [type, asked] : nodes) {
        std::vector<AnyTask> tasks;
        for (const std::size_t node : asked) tasks.push_back(nodes_[node].task);
        try {
            const std::vector<bool> answers = AnyTask::complete(tasks);
            for (std::size_t i = 0; i < asked.size(); ++i)
                bulk_answers_[asked[i]] = [answer = bool(answers[i])] { return answer; };
        } catch (...) {
            const auto error = std::current_exception();
            for (const std::size_t node : asked)
                bulk_answers_[node] = [error]() -> bool { std::rethrow_exception(error); };
        }
    }
}

std::vector<std::size_t> Plan::add(const std::vector<AnyTask>& tasks, const Plan* earlier) {
    std::vector<std::size_t> added;
    std::vector<std::size_t> nodes;
    for (const AnyTask& task : tasks) nodes.push_back(find_or_add_node(task, added));
    check_nodes(added, earlier);
    return nodes;
}

void Plan::recheck(std::size_t node) {
    nodes_[node].is_complete = false;
    nodes_[node].error.clear();
    nodes_[node].may_recover = false;
    nodes_[node].exclusion = Exclusion::none;
    std::vector<std::size_t> added{node};
    check_nodes(added, nullptr);
    if (!has_wrappers_) return;
    std::vector<std::size_t> all(nodes_.size());  // also the wrappers that require it
    std::iota(all.begin(), all.end(), std::size_t{0});
    complete_wrappers(order_below(all));
}

void Plan::add_requirements(std::size_t task, const std::vector<std::size_t>& required) {
    ++revision_;
    for (auto* nodes : {&nodes_[task].requirements, &nodes_[task].needed})
        for (const std::size_t node : required)
            if (std::find(nodes->begin(), nodes->end(), node) == nodes->end()) nodes->push_back(node);
    order_below({task});
}

Graph Plan::graph() const {
    Graph graph(nodes_.size());
    for (std::size_t node = 0; node < nodes_.size(); ++node)
        for (const std::size_t required : nodes_[node].requirements) graph.add_edge(node, required);
    return graph;
}

/// Returns `starts` and all that they require, each after what it requires. Throws PlanError for a cycle.
std::vector<std::size_t> Plan::order_below(const std::vector<std::size_t>& starts) const {
    std::vector<std::size_t> below = starts;
    std::vector<bool> is_below(nodes_.size());
    for (const std::size_t node : starts) is_below[node] = true;
    for (std::size_t i = 0; i < below.size(); ++i)
        for (const std::size_t required : nodes_[below[i]].requirements) {
            if (!is_below[required]) below.push_back(required);
            is_below[required] = true;
        }
    std::ranges::sort(below);
    const auto number_of = [&](std::size_t node) {
        return static_cast<std::size_t>(std::ranges::lower_bound(below, node) - below.begin());
    };
    Graph graph(below.size());
    for (std::size_t i = 0; i < below.size(); ++i)
        for (const std::size_t required : nodes_[below[i]].requirements) graph.add_edge(i, number_of(required));
    auto order = topological_order(graph);
    const bool has_cycle = order.size() < below.size();
    if (has_cycle) order = find_cycle(graph, number_of(starts.front()));
    for (std::size_t& number : order) number = below[number];
    if (has_cycle) reject_cycle(order);
    return order;
}

void Plan::reject_cycle(const std::vector<std::size_t>& cycle) const {
    std::string path;
    for (const std::size_t node : cycle)
        path += fmt::format("{}{}", path.empty() ? "" : " -> ", nodes_[node].task.description());
    throw PlanError(fmt::format("plan: a task requires itself: {}", path));
}

void Plan::complete_wrappers(const std::vector<std::size_t>& ordered) {
    for (const std::size_t i : ordered) {
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

Plan make_plan(const std::vector<AnyTask>& roots, const Plan* earlier, std::optional<int> max_tasks,
               const StaleOutputs& stale) {
    Plan plan(max_tasks, stale);
    plan.add_roots(roots, earlier);
    return plan;
}

void RemainingTasks::update(std::size_t node) {
    if (revision_ != plan_.revision()) return;  // made anew when it is wanted
    Node& known = nodes_[node];
    count_ -= std::exchange(known.is_counted, rules_.is_counted(node));
    count_ += known.is_counted;
    const bool is_finished = rules_.is_finished(node);
    if (std::exchange(known.is_finished, is_finished) == is_finished) return;
    update_ready(node);
    for (const std::size_t dependent : known.dependents) {
        if (is_finished)
            --nodes_[dependent].unfinished;
        else
            ++nodes_[dependent].unfinished;
        update_ready(dependent);
    }
}

const std::set<std::size_t>& RemainingTasks::ready() {
    follow_plan();
    return ready_;
}

const std::vector<std::size_t>& RemainingTasks::external() {
    follow_plan();
    return external_;
}

std::int64_t RemainingTasks::count() {
    follow_plan();
    return count_;
}

void RemainingTasks::follow_plan() {
    if (revision_ == plan_.revision()) return;
    revision_ = plan_.revision();
    nodes_.assign(plan_.size(), {});
    ready_.clear();
    external_.clear();
    count_ = 0;
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
        nodes_[node].is_finished = rules_.is_finished(node);
        nodes_[node].is_counted = rules_.is_counted(node);
        count_ += nodes_[node].is_counted;
        if (plan_[node].task.type().kind == TaskKind::external) external_.push_back(node);
    }
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
        for (const std::size_t required : plan_[node].requirements) {
            nodes_[required].dependents.push_back(node);
            nodes_[node].unfinished += !nodes_[required].is_finished;
        }
        update_ready(node);
    }
}

void RemainingTasks::update_ready(std::size_t node) {
    if (!nodes_[node].is_finished && nodes_[node].unfinished == 0)
        ready_.insert(node);
    else
        ready_.erase(node);
}

}  // namespace freshet::worker
