// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/task_selection.hpp"

#include "freshet/error.hpp"
#include "worker/task_graph.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::run {

namespace {

std::vector<AnyTask> find_tasks(const worker::TaskGraph& graph, const std::string& name, std::string_view option) {
    try {
        return graph.find(name);
    } catch (const ParameterError& error) {
        throw ParameterError(fmt::format("--{}: {}", option, error.what()));
    }
}

/// Walks a plan from its roots, no further than the tasks left out.
class Reduction {
public:
    Reduction(const worker::Plan& plan, const std::vector<std::string>& families)
        : plan_(plan), families_(families), is_blocked_(plan.size()), is_reached_(plan.size()) {}

    ReducedPlan reduce() {
        for (const std::size_t node : topological_order(plan_.graph()))
            is_blocked_[node] = is_left_out(node) || requires_blocked(node);
        for (const std::size_t root : plan_.roots()) reach(root);
        for (std::size_t i = 0; i < blocked_.size(); ++i)
            for (const std::size_t required : plan_[blocked_[i]].requirements) reach(required);
        return std::move(result_);
    }

private:
    bool is_left_out(std::size_t node) const {
        const worker::Node& known = plan_[node];
        return !known.is_complete && std::ranges::find(families_, known.task.type().family) != families_.end();
    }

    bool requires_blocked(std::size_t node) const {
        return std::ranges::any_of(plan_[node].requirements, [this](std::size_t r) { return bool(is_blocked_[r]); });
    }

    void reach(std::size_t node) {
        if (is_reached_[node]) return;
        is_reached_[node] = true;
        if (!is_blocked_[node]) {
            result_.roots.push_back(plan_[node].task);
        } else if (is_left_out(node)) {
            ++result_.left_out;
        } else {
            ++result_.dependents;
            blocked_.push_back(node);
        }
    }

    const worker::Plan& plan_;
    const std::vector<std::string>& families_;
    std::vector<bool> is_blocked_;
    std::vector<bool> is_reached_;
    std::vector<std::size_t> blocked_{};
    ReducedPlan result_{};
};

}  // namespace

std::vector<AnyTask> tasks_until(const std::vector<AnyTask>& roots, const std::string& until) {
    return until.empty() ? roots : find_tasks(worker::TaskGraph(roots), until, "until");
}

std::vector<AnyTask> tasks_to_rerun(const std::vector<AnyTask>& roots, const Rerun& rerun, std::string_view option) {
    if (rerun.task.empty()) return {};
    const worker::TaskGraph graph(roots);
    auto tasks = find_tasks(graph, rerun.task, option);
    return rerun.downstream ? graph.with_dependents(tasks) : tasks;
}

ReducedPlan leave_out(const worker::Plan& plan, const std::vector<std::string>& families) {
    return Reduction(plan, families).reduce();
}

}  // namespace freshet::run
