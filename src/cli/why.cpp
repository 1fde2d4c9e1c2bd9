// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "base/time.hpp"
#include "cli/state_reader.hpp"
#include "freshet/json.hpp"
#include "rpc/error_summary.hpp"
#include "rpc/requests.hpp"
#include "run/session.hpp"
#include "scheduler/explanation.hpp"
#include "scheduler/records.hpp"
#include "target/receipt.hpp"
#include "target/unfinished.hpp"
#include "worker/staleness.hpp"

#include <fmt/format.h>

#include <algorithm>
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

/// The history of one task in the state.
struct TaskHistory {
    std::optional<store::TaskRow> row{};
    std::optional<store::AttemptRow> last{};  ///< the last attempt
    std::optional<Time> retry_at{};           ///< end of the retry delay, if in the future

    bool is_running() const { return last && !last->ended; }
    bool has_failed() const;
    bool is_not_ready() const { return has_failed() && last->failure_class == "not_yet"; }
    /// The last attempt: "failed at attempt 3 at 2026-08-21T06:00:01Z: why"
    std::string describe_failure() const;
    /// The running attempt: "has been running since ..."
    std::string describe_running() const;
    /// The ids of its requirements, including dynamic ones.
    std::vector<std::string> dependencies() const;
};

bool TaskHistory::has_failed() const {
    return last && last->ended &&
           (last->status == rpc::text(rpc::Status::failed) || last->status == rpc::text(rpc::Status::disabled));
}

std::string TaskHistory::describe_failure() const {
    return describe(scheduler::FailedAttempt{
        .attempt = static_cast<std::uint32_t>(last->number),
        .at = *last->ended,
        .is_not_ready = is_not_ready(),
        .message = rpc::readable_message(last->message),
        .is_disabled = row && row->status == rpc::text(rpc::Status::disabled),
        .retry_at = retry_at,
    });
}

std::string TaskHistory::describe_running() const {
    return describe(scheduler::RunningAttempt{last->started, static_cast<std::uint32_t>(last->number), last->worker});
}

std::vector<std::string> TaskHistory::dependencies() const {
    return row ? scheduler::dependencies(Json::parse(row->record)) : std::vector<std::string>{};
}

/// `history` may be null: then nothing is known.
TaskHistory load_task_history(const std::string& task_id, store::History* history, Time now) {
    if (!history) return {};
    TaskHistory task_history{.row = history->task(task_id)};
    if (task_history.row) task_history.retry_at = scheduler::read_retry_at(Json::parse(task_history.row->record));
    if (task_history.retry_at && *task_history.retry_at <= now) task_history.retry_at.reset();
    if (auto attempts = history->attempts_of(task_id); !attempts.empty())
        task_history.last = std::move(attempts.back());
    return task_history;
}

/// The data that an explanation is made from.
struct ExplanationSources {
    const Registry& registry;
    store::History* history;  ///< null: no state yet
    Time now;
};

std::string explain_missing_receipt(const TaskHistory& task_history) {
    if (!task_history.last) return "no run on record made it";
    if (task_history.is_running())
        return fmt::format("others made it, since the task {}", task_history.describe_running());
    if (task_history.has_failed())
        return fmt::format("others made it, since the task {}", task_history.describe_failure());
    return fmt::format("it is not what attempt {} published at {}", task_history.last->number,
                       format_time(*task_history.last->ended));
}

/// The origin of an output, from its receipt.
std::string explain_output(const TaskLookup& lookup, const AnyTarget& output, const ExplanationSources& sources) {
    const std::string name = lookup.name();
    const auto receipt = target::read_receipt(*output.path());
    if (!receipt)
        return fmt::format("{} is complete: '{}' exists, without a receipt: {}", name, output.address(),
                           explain_missing_receipt(load_task_history(lookup.id, sources.history, sources.now)));
    const auto& provenance = receipt->provenance;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(provenance.ended - provenance.started);
    return fmt::format("{} is complete: attempt {} on {} made '{}' from {} to {}, in {}", name, provenance.attempt,
                       provenance.host, output.address(), format_time(provenance.started),
                       format_time(provenance.ended), readable_duration(took));
}

/// Names the input that makes a complete task stale: "; it is stale: ...".
std::string explain_staleness(const AnyTask& task) {
    const Staleness policy = task.type().staleness;
    target::DigestCache digests;
    const std::string reason = policy == Staleness::ignore ? "" : worker::staleness_reason(task, digests);
    if (reason.empty()) return {};
    return fmt::format("; it is stale, {}: {}",
                       policy == Staleness::warn ? "but not made again" : "and the next run makes it again", reason);
}

std::string explain_complete(const TaskLookup& lookup, const ExplanationSources& sources) {
    for (const AnyTarget& output : lookup.task->outputs())
        if (output.path()) return explain_output(lookup, output, sources) + explain_staleness(*lookup.task);
    if (lookup.task->type().kind == TaskKind::wrapper)
        return fmt::format("{} is complete: all its requirements are", lookup.name());
    return fmt::format("{} is complete: {}", lookup.name(),
                       lookup.task->type().has_outputs ? "its outputs exist" : "it reports so");
}

/// The reason why an embedded scheduler, which has one of each resource, never starts the task.
std::optional<std::string> resource_shortage(const AnyTask& task) {
    for (const auto& [name, need] : task.policy().resources)
        if (need > 1)
            return fmt::format("it needs {} of resource '{}', and an embedded scheduler has only 1", need, name);
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
        return {BlockerKind::external, fmt::format("{}: {}", name, reason_of(node))};
    return cause_in(load_task_history(node.task.id(), sources.history, sources.now), name,
                    resource_shortage(node.task).value_or(reason_of(node)));
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
    return fmt::format("{} has never run, and nothing blocks it: {}", lookup.name(), reason_of(plan[0]));
}

/// Explains a task of another program from the state alone.
std::string explain_from_state(const TaskLookup& lookup, const TaskHistory& task_history) {
    if (task_history.last && !task_history.is_running() && !task_history.has_failed())
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

/// One sentence: why the task ran, did not run or is waiting, with the fact behind it.
std::string explain(const TaskLookup& lookup, const ExplanationSources& sources) {
    std::optional<worker::Plan> plan;
    if (lookup.task) plan.emplace(worker::make_plan({*lookup.task}));
    if (plan && !(*plan)[0].error.empty()) return fmt::format("{}: {}", lookup.name(), reason_of((*plan)[0]));
    if (plan && (*plan)[0].is_complete) return explain_complete(lookup, sources);
    const TaskHistory task_history = load_task_history(lookup.id, sources.history, sources.now);
    if (task_history.is_running())
        return fmt::format("{} {}{}", lookup.name(), task_history.describe_running(), unfinished_outputs(lookup));
    if (task_history.has_failed()) return fmt::format("{} {}", lookup.name(), task_history.describe_failure());
    return plan ? explain_incomplete(lookup, *plan, task_history, sources) : explain_from_state(lookup, task_history);
}

}  // namespace

ExitStatus why_command(const CommandContext& context) {
    StateReader state(context);
    const TaskLookup lookup = state.look_up_task();
    const ExplanationSources sources{context.registry, state.history(), context.cli.clock.now()};
    context.cli.out << printable_line(explain(lookup, sources)) << '\n';
    return ExitStatus::success;
}

}  // namespace freshet::cli
