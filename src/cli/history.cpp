// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "base/time.hpp"
#include "cli/recorded.hpp"
#include "cli/run_config.hpp"
#include "freshet/json.hpp"
#include "rpc/error_summary.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

#include <ostream>
#include <vector>

namespace freshet::cli {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::string duration_text(Time started, const std::optional<Time>& ended, bool is_lost) {
    if (is_lost) return "died";
    return ended ? readable_duration(duration_cast<milliseconds>(*ended - started)) : "not ended";
}

std::string line_of(const RecordedRun& recorded) {
    const store::RunRow& run = recorded.row;
    const auto exit = run.exit_code ? fmt::format("exit {}", *run.exit_code) : "no exit status";
    const auto line = fmt::format("{}  {:>11}  {:13}  {}{}{}  ({} pid {})", scheduler::format_time(run.started),
                                  duration_text(run.started, run.ended, recorded.is_lost), exit, run.command,
                                  run.summary.empty() ? "" : ": ", run.summary, run.host, run.pid);
    return printable_line(line) + '\n';
}

std::string line_of(const RecordedAttempt& recorded) {
    const store::AttemptRow& attempt = recorded.row;
    const auto failure = attempt.failure_class.empty() ? "" : fmt::format(" ({})", attempt.failure_class);
    const auto line = fmt::format("{}  {:>11}  attempt {}  {}{}{}{}", scheduler::format_time(attempt.started),
                                  duration_text(attempt.started, attempt.ended, recorded.is_lost), attempt.number,
                                  recorded.is_lost ? lost_status : attempt.status, failure,
                                  attempt.message.empty() ? "" : ": ", rpc::readable_message(attempt.message));
    return printable_line(line) + '\n';
}

void write_runs(const std::vector<RecordedRun>& runs, std::ostream& out) {
    for (const auto& run : runs) out << line_of(run);
    if (runs.empty()) out << "no runs yet\n";
}

void write_attempts(const TaskLookup& lookup, const std::vector<RecordedAttempt>& attempts, std::ostream& out) {
    out << fmt::format("{}  {}\n", lookup.name(), lookup.id);
    for (const auto& attempt : attempts) out << "  " << line_of(attempt);
    if (attempts.empty()) out << "  no attempts yet\n";
}

Json time_or_null(const std::optional<Time>& time) { return time ? Json(rfc3339(*time)) : Json(); }

Json json_of(const RecordedRun& recorded) {
    const store::RunRow& run = recorded.row;
    return Json::Object{{"run_id", run.run_id},
                        {"started", rfc3339(run.started)},
                        {"ended", time_or_null(run.ended)},
                        {"died", recorded.is_lost},
                        {"exit_status", run.exit_code ? Json(*run.exit_code) : Json()},
                        {"program", run.program},
                        {"command", run.command},
                        {"summary", run.summary},
                        {"host", run.host},
                        {"pid", run.pid}};
}

Json json_of(const RecordedAttempt& recorded) {
    const store::AttemptRow& attempt = recorded.row;
    return Json::Object{{"number", attempt.number},
                        {"run_id", attempt.run_id},
                        {"started", rfc3339(attempt.started)},
                        {"ended", time_or_null(attempt.ended)},
                        {"status", recorded.is_lost ? std::string(lost_status) : attempt.status},
                        {"failure_class", attempt.failure_class},
                        {"message", rpc::readable_message(attempt.message)},
                        {"worker", attempt.worker}};
}

/// The rows, with the state or the scheduler that has them.
template <class Row>
Json document_of(const SchedulerAccess& scheduler, Json::Object members, std::string_view name,
                 const std::vector<Row>& rows) {
    Json::Array array;
    for (const Row& row : rows) array.push_back(json_of(row));
    members.insert(members.begin(), scheduler.is_remote() ? Json::Member{"scheduler", scheduler.name()}
                                                          : Json::Member{"state", scheduler.state().string()});
    members.emplace_back(name, std::move(array));
    return members;
}

void show_runs(const CommandContext& context, SchedulerAccess& scheduler, StateReader& state, std::size_t limit) {
    const auto runs = recorded_runs(scheduler, state, limit);
    if (context.parsed.has("json"))
        context.cli.out << document_of(scheduler, {}, "runs", runs).pretty();
    else
        write_runs(runs, context.cli.out);
}

void show_attempts(const CommandContext& context, SchedulerAccess& scheduler, StateReader& state, std::size_t limit) {
    const TaskLookup lookup = state.look_up_task(scheduler);
    const auto attempts = recorded_attempts(lookup.id, scheduler, state, limit);
    if (context.parsed.has("json"))
        context.cli.out
            << document_of(scheduler, {{"task_id", lookup.id}, {"task", lookup.name()}}, "attempts", attempts).pretty();
    else
        write_attempts(lookup, attempts, context.cli.out);
}

}  // namespace

ExitStatus history_command(const CommandContext& context) {
    const auto limit = static_cast<std::size_t>(read_last(context.parsed));
    StateReader state(context);
    SchedulerAccess scheduler(context);
    if (!scheduler.is_remote() && !state.history() && !context.parsed.has("json"))
        context.cli.out << fmt::format("no runs yet: '{}' does not exist\n", state.path().string());
    else if (context.parsed.operand.empty())
        show_runs(context, scheduler, state, limit);
    else
        show_attempts(context, scheduler, state, limit);
    return ExitStatus::success;
}

}  // namespace freshet::cli
