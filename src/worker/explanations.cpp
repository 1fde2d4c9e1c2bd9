// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/explanations.hpp"

#include "freshet/text.hpp"
#include "worker/plan.hpp"
#include "worker/scheduler_client.hpp"
#include "worker/task_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace freshet::worker {

namespace {

constexpr std::size_t max_explained = 5;  // one call for each, and one sentence in the log

/// Returns "" where the scheduler cannot tell.
std::string explain(const WorkerContext& context, std::size_t node) {
    try {
        const auto responses = context.scheduler.call({rpc::Explain{.task_id = context.plan[node].task.id()}});
        const auto* answer = std::get_if<Json>(&responses.front());
        const Json* text = answer ? answer->find("explanation") : nullptr;
        return text && text->is_string() ? text->as_string() : "";
    } catch (const Error&) {
        return {};  // the run goes on, or has ended, without the reason
    }
}

/// The first ready tasks; those that failed have a reason of their own.
std::vector<std::size_t> nodes_to_explain(const WorkerContext& context) {
    if (!context.options.has_explanations || context.options.scheduler_kind == SchedulerKind::luigid) return {};
    std::vector<std::size_t> nodes = context.states.ready_nodes();
    std::erase_if(nodes, [&](std::size_t node) { return context.states[node].last.has_value(); });
    nodes.resize(std::min(nodes.size(), max_explained));
    return nodes;
}

}  // namespace

std::string describe_wait(const WorkerContext& context) {
    std::vector<std::string> clauses;
    std::set<std::string> reasons;
    for (const std::size_t node : nodes_to_explain(context))
        if (const std::string why = explain(context, node); !why.empty() && reasons.insert(why).second)
            clauses.push_back(fmt::format("{} {}", context.plan[node].task.description(), why));
    if (clauses.empty()) return "waiting: the scheduler is paused or lacks resources for every ready task";
    return "waiting: " + joined(clauses, "; ");
}

void leave_to_others(const WorkerContext& context) {
    for (const std::size_t node : context.states.ready_nodes())
        context.states[node].explanation = "is left to other workers";
}

void explain_ready_tasks(const WorkerContext& context) {
    for (const std::size_t node : nodes_to_explain(context)) context.states[node].explanation = explain(context, node);
}

}  // namespace freshet::worker
