// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/explanation.hpp"

#include "base/time.hpp"
#include "run/past.hpp"
#include "run/planned.hpp"
#include "target/receipt.hpp"
#include "wire/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace freshet::run {

namespace {

using scheduler::Obstacle;
using scheduler::Hindrance;

/// How an output came about, as its receipt says.
std::string explain_output(const std::string& name, const AnyTarget& output) {
    const auto receipt = target::read_receipt(*output.path());
    if (!receipt)
        return fmt::format("{} is complete since '{}' exists, which has no receipt: it was not made by a run", name,
                           output.address());
    const auto& origin = receipt->origin;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(origin.ended - origin.started);
    return fmt::format("{} is complete: attempt {} on {} made '{}' from {} to {}, in {}", name, origin.attempt,
                       origin.host, output.address(), instant(origin.started), instant(origin.ended),
                       readable_duration(took));
}

std::string explain_complete(const KnownTask& known) {
    for (const AnyTarget& output : known.task->outputs())
        if (output.path()) return explain_output(known.name(), output);
    if (known.task->type().kind == Kind::wrapper)
        return fmt::format("{} is complete since all that it requires is", known.name());
    return fmt::format("{} is complete since {}", known.name(),
                       known.task->type().has_outputs ? "its outputs exist" : "it says so");
}

/// Why a run by itself, in which there is one of each resource, would never start the task.
std::optional<std::string> lack(const AnyTask& task) {
    for (const auto& [name, need] : task.policy().resources)
        if (need > 1)
            return fmt::format("it needs {} of '{}', of which there is 1 without a scheduler that has more", need, name);
    return std::nullopt;
}

Obstacle cause_in(const Past& past, const std::string& name, const std::string& otherwise) {
    if (past.is_running()) return {Hindrance::running, fmt::format("{}, which {}", name, past.running())};
    if (past.has_failed())
        return {past.is_early() ? Hindrance::early : Hindrance::failed,
                fmt::format("{}, which {}", name, past.failure())};
    return {Hindrance::never_ran, fmt::format("{}, which has not run: {}", name, otherwise)};
}

Obstacle cause_of(const worker::Node& node, const Facts& facts) {
    const std::string name = node.task.description();
    if (!node.error.empty()) return {Hindrance::unplanned, fmt::format("{}: {}", name, reason_of(node))};
    if (node.task.type().kind == Kind::external)
        return {Hindrance::external, fmt::format("{}, which is somebody else's: {}", name, reason_of(node))};
    return cause_in(past_of(node.task.id(), facts.history, facts.now), name, lack(node.task).value_or(reason_of(node)));
}

bool waits_for_nothing(const worker::Node& node, const worker::Plan& plan) {
    return std::ranges::all_of(node.requirements, [&](std::size_t required) { return plan[required].is_complete; });
}

/// Of what the task requires, near and far, what itself waits for nothing.
std::vector<Obstacle> causes_in(const worker::Plan& plan, const Facts& facts) {
    std::vector<Obstacle> causes;
    for (std::size_t i = 1; i < plan.size(); ++i)
        if (!plan[i].is_complete && waits_for_nothing(plan[i], plan)) causes.push_back(cause_of(plan[i], facts));
    return causes;
}

/// What the task found only while it ran, as the state has it.
std::vector<Obstacle> causes_found(const Past& past, const Facts& facts) {
    std::vector<Obstacle> causes;
    for (const std::string& id : past.dependencies()) {
        const Past other = past_of(id, facts.history, facts.now);
        if (!other.row || other.row->status == wire::text(wire::Status::done)) continue;
        const auto task = task_of(*other.row, facts.registry);
        if (!task || !task->complete())
            causes.push_back(cause_in(other, task ? task->description() : id, "it is " + other.row->status));
    }
    return causes;
}

std::string explain_incomplete(const KnownTask& known, const worker::Plan& plan, const Past& past, const Facts& facts) {
    auto causes = causes_in(plan, facts);
    if (causes.empty()) causes = causes_found(past, facts);
    if (!causes.empty()) return fmt::format("{} {}", known.name(), waits_for(causes));
    if (past.last)
        return fmt::format("{} ran at {}, but is not complete now: {}", known.name(), instant(past.last->started),
                           reason_of(plan[0]));
    if (const auto why = lack(*known.task)) return fmt::format("{} has never run: {}", known.name(), *why);
    return fmt::format("{} has never run, and nothing holds it up: {}", known.name(), reason_of(plan[0]));
}

/// For a task that no class of this program makes: what the state says.
std::string explain_by_state(const KnownTask& known, const Past& past) {
    if (past.last && !past.is_running() && !past.has_failed())
        return fmt::format("{} was last run at {}: {}", known.name(), instant(past.last->started), past.last->status);
    return fmt::format("{} is {} since {}", known.name(), known.row->status, instant(known.row->updated));
}

}  // namespace

std::string explain(const KnownTask& known, const Facts& facts) {
    std::optional<worker::Plan> plan;
    if (known.task) plan.emplace(worker::make_plan({*known.task}));
    if (plan && !(*plan)[0].error.empty()) return fmt::format("{}: {}", known.name(), reason_of((*plan)[0]));
    if (plan && (*plan)[0].is_complete) return explain_complete(known);
    const Past past = past_of(known.id, facts.history, facts.now);
    if (past.is_running()) return fmt::format("{} {}", known.name(), past.running());
    if (past.has_failed()) return fmt::format("{} {}", known.name(), past.failure());
    return plan ? explain_incomplete(known, *plan, past, facts) : explain_by_state(known, past);
}

}  // namespace freshet::run
