// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "base/time.hpp"
#include "base/url_encoding.hpp"
#include "cli/recorded.hpp"
#include "cli/run_config.hpp"
#include "cli/scheduler_access.hpp"
#include "cli/task_history.hpp"
#include "freshet/json.hpp"
#include "run/session.hpp"
#include "scheduler/explanation.hpp"
#include "target/receipt.hpp"
#include "target/unfinished.hpp"
#include "worker/staleness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace freshet::cli {

namespace {

using run::reason_of;
using scheduler::Blocker;
using scheduler::BlockerKind;
using scheduler::format_time;

/// The data that an explanation is made from.
struct ExplanationSources {
    const CommandContext& context;
    StateReader& state;
    SchedulerAccess& scheduler;
    scheduler::Config limits;
    Time now;
};

std::string explain_missing_receipt(const TaskHistory& task_history) {
    if (!task_history.last) return "no run on record made it";
    if (task_history.is_running() || task_history.is_lost() || task_history.has_failed())
        return fmt::format("others made it, since the task {}", task_history.describe_last());
    return fmt::format("it is not what attempt {} published at {}", task_history.last->number,
                       format_time(*task_history.last->ended));
}

/// The text that the task left as "note" among the metadata of an output: "; no message matches 'TMPP'".
std::string explain_note(const Json& metadata) {
    const Json* note = metadata.find("note");
    return note != nullptr && note->is_string() ? "; " + note->as_string() : "";
}

/// The origin of an output, from its receipt.
std::string explain_output(const TaskLookup& lookup, const AnyTarget& output,
                           const std::optional<target::Receipt>& receipt, const ExplanationSources& sources) {
    const std::string name = lookup.name();
    if (!receipt)
        return fmt::format("{} is complete: '{}' exists, without a receipt: {}", name, output.address(),
                           explain_missing_receipt(load_task_history(lookup.id, sources.state, sources.now)));
    const auto& provenance = receipt->provenance;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(provenance.ended - provenance.started);
    return fmt::format("{} is complete: attempt {} on {} made '{}' from {} to {}, in {}{}", name, provenance.attempt,
                       provenance.host, output.address(), format_time(provenance.started),
                       format_time(provenance.ended), readable_duration(took), explain_note(provenance.metadata));
}

/// Names the input that makes a complete task stale: "; it is stale: ...".
std::string explain_staleness(const AnyTask& task) {
    const Staleness policy = task.type().staleness;
    target::DigestCache digests;
    const std::string reason = policy == Staleness::ignore ? "" : worker::staleness_reason(task, digests);
    if (reason.empty()) return {};
    const bool is_made_again = policy != Staleness::warn && worker::can_be_retired(task);
    return fmt::format("; it is stale, {}: {}",
                       is_made_again ? "and a run that plans it makes it again" : "but not made again", reason);
}

std::string explain_complete(const TaskLookup& lookup, const ExplanationSources& sources) {
    for (const AnyTarget& output : lookup.task->outputs())
        if (const auto receipt = target::receipt_of(output); receipt || output.has_receipts())
            return explain_output(lookup, output, receipt, sources) + explain_staleness(*lookup.task);
    if (lookup.task->type().kind == TaskKind::wrapper)
        return fmt::format("{} is complete: all its requirements are", lookup.name());
    return fmt::format("{} is complete: {}", lookup.name(),
                       lookup.task->type().has_outputs ? "its outputs exist" : "it reports so");
}

/// Returns whether the scheduler of the state knows best: that of a run that works on it now, or for a program without
/// tasks, which cannot look at targets, any, unless the process of an attempt has died since.
bool knows_state(const TaskLookup& lookup, const ExplanationSources& sources) {
    if (!sources.context.registry.types().empty()) return sources.state.is_in_use() && sources.state.is_own();
    return sources.state.history() && !load_task_history(lookup.id, sources.state, sources.now).is_lost();
}

/// The scheduler's explanation of the task: of the remote one, or of that of the state; null where there is none, or it
/// does not know the task.
Json scheduler_explanation(const TaskLookup& lookup, const ExplanationSources& sources) {
    Json answer;
    if (sources.scheduler.is_remote() || knows_state(lookup, sources)) answer = sources.scheduler.explain(lookup.id);
    const Json* text = answer.is_object() ? answer.find("explanation") : nullptr;
    return text && text->is_string() ? answer : Json();
}

/// "can never run: ...", as the scheduler says it; "" for a task that the limits permit.
std::string shortage_of(const AnyTask& task, const ExplanationSources& sources) {
    return sources.state.is_own() ? describe_shortage(task, sources.limits) : "";
}

Blocker cause_in(const TaskHistory& task_history, const std::string& name, const std::string& otherwise) {
    if (task_history.is_running() || task_history.is_lost())
        return {task_history.is_running() ? BlockerKind::running : BlockerKind::never_ran,
                fmt::format("{}, which {}", name, task_history.describe_last())};
    if (task_history.has_failed())
        return {task_history.is_not_ready() ? BlockerKind::not_ready : BlockerKind::failed,
                fmt::format("{}, which {}", name, task_history.describe_last())};
    return {BlockerKind::never_ran, fmt::format("{}, which {}", name, otherwise)};
}

Blocker cause_of(const worker::Node& node, const ExplanationSources& sources) {
    const std::string name = node.task.description();
    if (!node.error.empty()) return {BlockerKind::unknown, fmt::format("{}: {}", name, reason_of(node))};
    if (node.task.type().kind == TaskKind::external)
        return {BlockerKind::external, fmt::format("{}: {}", name, reason_of(node))};
    const std::string shortage = shortage_of(node.task, sources);
    return cause_in(load_task_history(node.task.id(), sources.state, sources.now), name,
                    shortage.empty() ? "has not run: " + reason_of(node) : shortage);
}

bool is_root_cause(const worker::Node& node, const worker::Plan& plan) {
    return std::ranges::all_of(node.requirements, [&](std::size_t required) { return plan[required].is_complete; });
}

/// The blockers among the direct and indirect requirements: incomplete, with complete requirements.
std::vector<Blocker> planned_causes(const worker::Plan& plan, const ExplanationSources& sources) {
    std::vector<Blocker> causes;
    for (std::size_t i = 1; i < plan.size(); ++i)
        if (!plan[i].is_complete && is_root_cause(plan[i], plan)) causes.push_back(cause_of(plan[i], sources));
    return causes;
}

/// The blockers among the dynamic requirements, from the state.
std::vector<Blocker> dynamic_causes(const TaskHistory& task_history, const ExplanationSources& sources) {
    std::vector<Blocker> causes;
    for (const std::string& id : task_history.dependencies()) {
        const TaskHistory other = load_task_history(id, sources.state, sources.now);
        if (!other.row || other.row->status == rpc::text(rpc::Status::done)) continue;
        const auto task = task_of(*other.row, sources.context.registry);
        if (!task || !task->complete())
            causes.push_back(
                cause_in(other, task ? task->description() : id, "has not run: it is " + other.row->status));
    }
    return causes;
}

std::string explain_incomplete(const TaskLookup& lookup, const worker::Plan& plan, const TaskHistory& task_history,
                               const ExplanationSources& sources) {
    auto causes = planned_causes(plan, sources);
    if (causes.empty()) causes = dynamic_causes(task_history, sources);
    if (!causes.empty()) return fmt::format("{} {}", lookup.name(), describe_wait(causes));
    if (const auto never = shortage_of(*lookup.task, sources); !never.empty())
        return fmt::format("{} {}", lookup.name(), never);
    if (task_history.last)
        return fmt::format("{} ran at {}, but is not complete now: {}", lookup.name(),
                           format_time(task_history.last->started), reason_of(plan[0]));
    if (lookup.task->type().kind == TaskKind::external)
        return fmt::format("{} is made by another program, and waited for: {}", lookup.name(), reason_of(plan[0]));
    return fmt::format("{} has never run, and nothing blocks it: {}", lookup.name(), reason_of(plan[0]));
}

/// Explains a task of another program from the state alone.
std::string explain_from_state(const TaskLookup& lookup, const TaskHistory& task_history) {
    if (!lookup.row && !task_history.last)
        throw ParameterError(fmt::format("why: no task '{}' in the state, nor at the scheduler", lookup.id));
    if (task_history.last)
        return fmt::format("{} was last run at {}: {}", lookup.name(), format_time(task_history.last->started),
                           task_history.last->status);
    return fmt::format("{} is {} since {}", lookup.name(), lookup.row->status, format_time(lookup.row->updated));
}

/// Names what is in the place of the outputs, but does not count: "; 'a' is unfinished: ...".
std::string unfinished_outputs(const TaskLookup& lookup) {
    std::string clauses;
    if (!lookup.task) return clauses;
    for (const AnyTarget& output : lookup.task->outputs())
        if (output.path())
            if (const auto clause = target::describe_unfinished(*output.path()); !clause.empty())
                clauses += "; " + clause;
    return clauses;
}

/// What becomes of a task that failed or was lost, when no run works on it.
std::string_view outlook(const TaskHistory& task_history) {
    return task_history.is_running() || task_history.is_disabled ? "" : "; the next run tries it again";
}

/// Explains a task that is not complete here in the scheduler's words.
std::string explain_by_scheduler(const TaskLookup& lookup, const std::optional<worker::Plan>& plan,
                                 const Json& answer) {
    std::string text = fmt::format("{} {}", lookup.name(), answer.at("explanation").as_string());
    if (plan && answer.at("status") == Json(rpc::text(rpc::Status::done)))
        text += ", but is not complete now: " + reason_of((*plan)[0]);
    return text + unfinished_outputs(lookup);
}

/// Says that no run will start anything; "" if one would.
std::string describe_pause(const ExplanationSources& sources) {
    if (sources.scheduler.is_remote() || !sources.state.history()) return {};
    const bool is_paused = sources.scheduler.query(rpc::IsPaused{}).at("paused") == Json(true);
    if (!is_paused) return {};
    const auto state = std::filesystem::absolute(sources.scheduler.state());
    return fmt::format("; the scheduler is paused: no task is started until `freshet unpause --state {}`",
                       shell_word(state.native()));
}

/// The last attempt that a freshetd has of a task which it does not know any more.
std::optional<TaskHistory> history_at_scheduler(const TaskLookup& lookup, const ExplanationSources& sources) {
    if (!sources.scheduler.is_remote() || !sources.scheduler.has_view("/task/" + percent_encoded(lookup.id)))
        return std::nullopt;
    auto attempts = recorded_attempts(lookup.id, sources.scheduler, sources.state, 1);
    return attempts.empty() ? std::nullopt : std::optional(task_history_of(std::move(attempts.front().row)));
}

/// One sentence: why the task ran, did not run or is waiting, with the fact behind it.
std::string explain(const TaskLookup& lookup, const ExplanationSources& sources) {
    std::optional<worker::Plan> plan;
    if (lookup.task) plan.emplace(worker::make_plan({*lookup.task}));
    if (plan && !(*plan)[0].error.empty()) return fmt::format("{}: {}", lookup.name(), reason_of((*plan)[0]));
    if (plan && (*plan)[0].is_complete) return explain_complete(lookup, sources);
    if (const Json answer = scheduler_explanation(lookup, sources); answer.is_object())
        return explain_by_scheduler(lookup, plan, answer);
    const auto removed = history_at_scheduler(lookup, sources);
    const TaskHistory task_history = removed ? *removed : load_task_history(lookup.id, sources.state, sources.now);
    const std::string rest = removed ? "; the scheduler has removed the task since" : describe_pause(sources);
    if (task_history.is_running() || task_history.is_lost() || task_history.has_failed())
        return fmt::format("{} {}{}{}{}", lookup.name(), task_history.describe_last(), unfinished_outputs(lookup),
                           removed ? "" : outlook(task_history), rest);
    return (plan ? explain_incomplete(lookup, *plan, task_history, sources)
                 : explain_from_state(lookup, task_history)) +
           rest;
}

}  // namespace

ExitStatus why_command(const CommandContext& context) {
    const Time now = context.cli.clock.now();
    StateReader state(context);
    SchedulerAccess scheduler(context);
    const TaskLookup lookup = state.look_up_task(scheduler);
    const ExplanationSources sources{
        .context = context, .state = state, .scheduler = scheduler, .limits = read_limits(context.config), .now = now};
    const std::string explanation = explain(lookup, sources);
    if (context.parsed.has("json"))
        context.cli.out
            << Json(Json::Object{{"task_id", lookup.id}, {"task", lookup.name()}, {"why", explanation}}).pretty();
    else
        context.cli.out << printable_line(explanation) << '\n';
    return ExitStatus::success;
}

}  // namespace freshet::cli
