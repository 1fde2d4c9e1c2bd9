// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/explanation.hpp"

#include "base/time.hpp"
#include "cli/past.hpp"
#include "rpc/requests.hpp"
#include "run/planned.hpp"
#include "target/receipt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace freshet::run {

namespace {

using scheduler::Blocker;
using scheduler::BlockerKind;

/// How an output came about, as its receipt says.
std::string explain_output(const std::string& name, const AnyTarget& output) {
    const auto receipt = target::read_receipt(*output.path());
    if (!receipt)
        return fmt::format("{} is complete since '{}' exists, which has no receipt: it was not made by a run", name,
                           output.address());
    const auto& provenance = receipt->provenance;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(provenance.ended - provenance.started);
    return fmt::format("{} is complete: attempt {} on {} made '{}' from {} to {}, in {}", name, provenance.attempt,
                       provenance.host, output.address(), format_time(provenance.started),
                       format_time(provenance.ended), readable_duration(took));
}

std::string explain_complete(const TaskLookup& lookup) {
    for (const AnyTarget& output : lookup.task->outputs())
        if (output.path()) return explain_output(lookup.name(), output);
    if (lookup.task->type().kind == TaskKind::wrapper)
        return fmt::format("{} is complete since all that it requires is", lookup.name());
    return fmt::format("{} is complete since {}", lookup.name(),
                       lookup.task->type().has_outputs ? "its outputs exist" : "it says so");
}

/// Why a run by itself, in which there is one of each resource, would never start the task.
std::optional<std::string> resource_shortage(const AnyTask& task) {
    for (const auto& [name, need] : task.policy().resources)
        if (need > 1)
            return fmt::format("it needs {} of '{}', of which there is 1 without a scheduler that has more", need,
                               name);
    return std::nullopt;
}

Blocker cause_in(const TaskHistory& task_history, const std::string& name, const std::string& otherwise) {
    if (task_history.is_running())
        return {BlockerKind::running, fmt::format("{}, which {}", name, task_history.describe_running())};
    if (task_history.has_failed())
        return {task_history.is_not_ready() ? BlockerKind::not_ready : BlockerKind::failed,
                fmt::format("{}, which {}", name, task_history.describe_failure())};
    return {BlockerKind::never_ran, fmt::format("{}, which has not run: {}", name, otherwise)};
}

Blocker cause_of(const worker::Node& node, const ExplanationSources& sources) {
    const std::string name = node.task.description();
    if (!node.error.empty()) return {BlockerKind::unknown, fmt::format("{}: {}", name, reason_of(node))};
    if (node.task.type().kind == TaskKind::external)
        return {BlockerKind::external, fmt::format("{}, which is somebody else's: {}", name, reason_of(node))};
    return cause_in(load_task_history(node.task.id(), sources.history, sources.now), name,
                    resource_shortage(node.task).value_or(reason_of(node)));
}

bool is_root_cause(const worker::Node& node, const worker::Plan& plan) {
    return std::ranges::all_of(node.requirements, [&](std::size_t required) { return plan[required].is_complete; });
}

/// Of what the task requires, near and far, what itself waits for nothing.
std::vector<Blocker> planned_causes(const worker::Plan& plan, const ExplanationSources& sources) {
    std::vector<Blocker> causes;
    for (std::size_t i = 1; i < plan.size(); ++i)
        if (!plan[i].is_complete && is_root_cause(plan[i], plan)) causes.push_back(cause_of(plan[i], sources));
    return causes;
}

/// What the task found only while it ran, as the state has it.
std::vector<Blocker> dynamic_causes(const TaskHistory& task_history, const ExplanationSources& sources) {
    std::vector<Blocker> causes;
    for (const std::string& id : task_history.dependencies()) {
        const TaskHistory other = load_task_history(id, sources.history, sources.now);
        if (!other.row || other.row->status == rpc::text(rpc::Status::done)) continue;
        const auto task = task_of(*other.row, sources.registry);
        if (!task || !task->complete())
            causes.push_back(cause_in(other, task ? task->description() : id, "it is " + other.row->status));
    }
    return causes;
}

std::string explain_incomplete(const TaskLookup& lookup, const worker::Plan& plan, const TaskHistory& task_history,
                               const ExplanationSources& sources) {
    auto causes = planned_causes(plan, sources);
    if (causes.empty()) causes = dynamic_causes(task_history, sources);
    if (!causes.empty()) return fmt::format("{} {}", lookup.name(), describe_wait(causes));
    if (task_history.last)
        return fmt::format("{} ran at {}, but is not complete now: {}", lookup.name(),
                           format_time(task_history.last->started), reason_of(plan[0]));
    if (const auto why = resource_shortage(*lookup.task))
        return fmt::format("{} has never run: {}", lookup.name(), *why);
    return fmt::format("{} has never run, and nothing holds it up: {}", lookup.name(), reason_of(plan[0]));
}

/// For a task that no class of this program makes: what the state says.
std::string explain_from_state(const TaskLookup& lookup, const TaskHistory& task_history) {
    if (task_history.last && !task_history.is_running() && !task_history.has_failed())
        return fmt::format("{} was last run at {}: {}", lookup.name(), format_time(task_history.last->started),
                           task_history.last->status);
    return fmt::format("{} is {} since {}", lookup.name(), lookup.row->status, format_time(lookup.row->updated));
}

}  // namespace

std::string explain(const TaskLookup& lookup, const ExplanationSources& sources) {
    std::optional<worker::Plan> plan;
    if (lookup.task) plan.emplace(worker::make_plan({*lookup.task}));
    if (plan && !(*plan)[0].error.empty()) return fmt::format("{}: {}", lookup.name(), reason_of((*plan)[0]));
    if (plan && (*plan)[0].is_complete) return explain_complete(lookup);
    const TaskHistory task_history = load_task_history(lookup.id, sources.history, sources.now);
    if (task_history.is_running()) return fmt::format("{} {}", lookup.name(), task_history.describe_running());
    if (task_history.has_failed()) return fmt::format("{} {}", lookup.name(), task_history.describe_failure());
    return plan ? explain_incomplete(lookup, *plan, task_history, sources) : explain_from_state(lookup, task_history);
}

}  // namespace freshet::run
