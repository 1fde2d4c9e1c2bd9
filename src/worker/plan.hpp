// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"
#include "freshet/task.hpp"

#include "task/graph.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace freshet::worker {

/// An impossible plan: a task that requires itself, or two tasks with one output.
class PlanError : public Error {
public:
    using Error::Error;
};

/// The outputs of a task that are asked for, and the answer.
struct OutputCheck {
    std::vector<AnyTarget> outputs{};
    bool all_exist = false;      ///< and there are some
    std::exception_ptr error{};  ///< thrown instead of an answer
};

/// Asks for the outputs of many tasks: for bulk targets in questions of up to 1,000 of one class, for files one after
/// the other, for others in up to 32 threads.
void check_outputs(std::vector<OutputCheck>& checks);

/// The reason for which a run leaves a task alone.
enum class Exclusion {
    none,
    over_limit,  ///< of tasks that the run schedules: the scheduler is not told of it
    disabled,    ///< by its class
};

/// The receipts of outputs that are to be replaced, as text and in the order of the outputs, by task id.
using StaleOutputs = std::map<std::string, std::vector<std::string>, std::less<>>;

/// A task and the result of checking it.
struct Node {
    AnyTask task;
    bool is_complete = false;
    std::vector<std::size_t> requirements{};  ///< nodes; empty for a complete task, whose requirements are not checked
    std::vector<std::size_t> needed{};        ///< those of them that it found out while it ran
    std::string error{};       ///< why the check of completeness or requirements failed, or the exclusion
    bool may_recover = false;  ///< of `error`: it may go away by itself
    Exclusion exclusion = Exclusion::none;
    bool is_scheduled = false;  ///< counts for the limit of tasks
    /// The receipts of its outputs if they are to be replaced: until then the task counts as not complete.
    std::vector<std::string> stale{};
};

/// True when the task is complete now, with other outputs than those that are to be replaced. Throws what a target
/// throws.
bool is_complete_now(const Node& node);

/// The graph of some tasks and all that they require, breadth-first, no further than complete tasks. Nodes are numbered
/// from 0 and never removed.
class Plan {
public:
    /// `max_tasks`: that are not complete, and to be scheduled; none: no limit.
    explicit Plan(std::optional<int> max_tasks = {}, StaleOutputs stale = {})
        : stale_(std::move(stale)), max_tasks_(max_tasks) {}

    /// Adds tasks with all that they require; returns their nodes. Does not check the outputs of a task that `earlier`
    /// has found complete. Throws PlanError naming the cycle's path or both tasks,
    /// ConfigError for a task whose value in the configuration is not valid.
    std::vector<std::size_t> add(const std::vector<AnyTask>& tasks, const Plan* earlier = nullptr);
    void add_roots(const std::vector<AnyTask>& tasks, const Plan* earlier = nullptr) { roots_ = add(tasks, earlier); }

    /// Adds dynamic requirements, which a task found while it ran. Throws PlanError for a cycle.
    void add_requirements(std::size_t task, const std::vector<std::size_t>& required);

    /// Checks a task again whose output has gone, or that could not be checked, with what it requires. Throws
    /// PlanError.
    void recheck(std::size_t node);

    const Node& operator[](std::size_t node) const { return nodes_[node]; }
    std::size_t size() const { return nodes_.size(); }
    /// Another number after each change.
    std::size_t revision() const { return revision_; }
    std::optional<std::size_t> find(std::string_view task_id) const;
    /// True when the task was complete when it was checked; nullopt for a task that the plan does not reach.
    std::optional<bool> found_complete(const AnyTask& task) const;
    const std::vector<std::size_t>& roots() const { return roots_; }
    /// Also true of a plan without roots.
    bool roots_are_complete() const;
    Graph graph() const;

private:
    std::size_t find_or_add_node(AnyTask task, std::vector<std::size_t>& added);
    void make_room(std::size_t tasks);
    OutputCheck outputs_to_check(std::size_t node, const Plan* earlier);
    bool is_complete(std::size_t node, const OutputCheck& outputs, const Plan* earlier) const;
    void check_node(std::size_t node, const OutputCheck& outputs, std::vector<std::size_t>& added, const Plan* earlier);
    void check_nodes(std::vector<std::size_t>& added, const Plan* earlier);
    void ask_in_bulk(std::span<const std::size_t> level, const Plan* earlier);
    bool exclude(std::size_t node);
    void claim_outputs(std::size_t node, const std::vector<AnyTarget>& outputs);
    std::vector<std::size_t> order_below(const std::vector<std::size_t>& starts) const;
    [[noreturn]] void reject_cycle(const std::vector<std::size_t>& cycle) const;
    void complete_wrappers(const std::vector<std::size_t>& ordered);

    std::deque<Node> nodes_;  // a deque: ids_ points into it
    std::unordered_map<std::string_view, std::size_t> ids_;
    std::unordered_map<std::string, std::size_t> producers_;  // by the output's address
    std::vector<std::size_t> roots_;
    /// Answers of classes with bulk_complete() for the batch that is being checked, by node.
    std::unordered_map<std::size_t, std::function<bool()>> bulk_answers_;
    bool has_wrappers_ = false;
    StaleOutputs stale_;
    std::optional<int> max_tasks_;
    int scheduled_ = 0;
    std::size_t revision_ = 0;
};

/// Plans how to bring `roots` up to date; believes an earlier plan of what is complete. Throws as Plan::add().
Plan make_plan(const std::vector<AnyTask>& roots, const Plan* earlier = nullptr, std::optional<int> max_tasks = {},
               const StaleOutputs& stale = {});

/// The tasks of a plan that are left to do, by node. A worker looks at them after each task, so a change costs as much
/// as the task has dependents, whatever the size of the plan; only a plan that has changed is walked through.
class RemainingTasks {
public:
    /// The state of a node, as it is when update() is called for it.
    struct Rules {
        std::function<bool(std::size_t)> is_finished;  ///< complete or done
        std::function<bool(std::size_t)> is_counted;   ///< counts as remaining
    };

    RemainingTasks(const Plan& plan, Rules rules) : plan_(plan), rules_(std::move(rules)) {}

    /// Takes note that the state of the node may have changed.
    void update(std::size_t node);

    /// Those that are not finished, with all requirements finished.
    const std::set<std::size_t>& ready();
    /// All external tasks, finished ones among them.
    const std::vector<std::size_t>& external();
    /// Counts those that the rules say.
    std::int64_t count();

private:
    struct Node {
        bool is_finished = false;
        bool is_counted = false;
        std::size_t unfinished = 0;             ///< requirements
        std::vector<std::size_t> dependents{};  ///< nodes that require it
    };

    void follow_plan();
    void update_ready(std::size_t node);

    const Plan& plan_;
    const Rules rules_;
    std::optional<std::size_t> revision_;  ///< of the plan, that the rest was made for
    std::vector<Node> nodes_;
    std::set<std::size_t> ready_;
    std::vector<std::size_t> external_;
    std::int64_t count_ = 0;
};

}  // namespace freshet::worker
