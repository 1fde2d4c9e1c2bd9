// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "base/time.hpp"
#include "cli/run_config.hpp"
#include "cli/scheduler_access.hpp"
#include "cli/state_reader.hpp"
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

std::string line_of(const store::RunRow& run, StateReader& state) {
    const auto exit = run.exit_code ? fmt::format("exit {}", *run.exit_code) : "no exit status";
    const auto line = fmt::format("{}  {:>11}  {:13}  {}{}{}  ({} pid {})", scheduler::format_time(run.started),
                                  duration_text(run.started, run.ended, state.is_lost(run)), exit, run.command,
                                  run.summary.empty() ? "" : ": ", run.summary, run.host, run.pid);
    return printable_line(line) + '\n';
}

std::string line_of(const store::AttemptRow& attempt, StateReader& state) {
    const bool is_lost = state.is_lost(attempt);
    const auto failure = attempt.failure_class.empty() ? "" : fmt::format(" ({})", attempt.failure_class);
    const auto line = fmt::format("{}  {:>11}  attempt {}  {}{}{}{}", scheduler::format_time(attempt.started),
                                  duration_text(attempt.started, attempt.ended, is_lost), attempt.number,
                                  is_lost ? lost_status : attempt.status, failure, attempt.message.empty() ? "" : ": ",
                                  rpc::readable_message(attempt.message));
    return printable_line(line) + '\n';
}

void write_runs(StateReader& state, int limit, std::ostream& out) {
    const auto runs = state.history()->runs(limit);
    for (const auto& run : runs) out << line_of(run, state);
    if (runs.empty()) out << "no runs yet\n";
}

/// The last `limit` attempts, oldest first.
std::vector<store::AttemptRow> newest(std::vector<store::AttemptRow> attempts, std::size_t limit) {
    if (attempts.size() > limit) attempts.erase(attempts.begin(), attempts.end() - static_cast<std::ptrdiff_t>(limit));
    return attempts;
}

void write_attempts(const TaskLookup& lookup, StateReader& state, std::size_t limit, std::ostream& out) {
    const auto attempts = newest(state.history()->attempts_of(lookup.id), limit);
    out << fmt::format("{}  {}\n", lookup.name(), lookup.id);
    for (const auto& attempt : attempts) out << "  " << line_of(attempt, state);
    if (attempts.empty()) out << "  no attempts yet\n";
}

Json time_or_null(const std::optional<Time>& time) { return time ? Json(rfc3339(*time)) : Json(); }

Json json_of(const store::RunRow& run, StateReader& state) {
    return Json::Object{{"run_id", run.run_id},
                        {"started", rfc3339(run.started)},
                        {"ended", time_or_null(run.ended)},
                        {"died", state.is_lost(run)},
                        {"exit_status", run.exit_code ? Json(*run.exit_code) : Json()},
                        {"program", run.program},
                        {"command", run.command},
                        {"summary", run.summary},
                        {"host", run.host},
                        {"pid", run.pid}};
}

Json json_of(const store::AttemptRow& attempt, StateReader& state) {
    return Json::Object{{"number", attempt.number},
                        {"run_id", attempt.run_id},
                        {"started", rfc3339(attempt.started)},
                        {"ended", time_or_null(attempt.ended)},
                        {"status", state.is_lost(attempt) ? std::string(lost_status) : attempt.status},
                        {"failure_class", attempt.failure_class},
                        {"message", rpc::readable_message(attempt.message)},
                        {"worker", attempt.worker}};
}

Json runs_json(StateReader& state, int limit) {
    Json::Array rows;
    if (state.history())
        for (const auto& run : state.history()->runs(limit)) rows.push_back(json_of(run, state));
    return Json::Object{{"state", state.path().string()}, {"runs", std::move(rows)}};
}

Json attempts_json(const TaskLookup& lookup, StateReader& state, std::size_t limit) {
    Json::Array rows;
    if (state.history())
        for (const auto& attempt : newest(state.history()->attempts_of(lookup.id), limit))
            rows.push_back(json_of(attempt, state));
    return Json::Object{{"state", state.path().string()},
                        {"task_id", lookup.id},
                        {"task", lookup.name()},
                        {"attempts", std::move(rows)}};
}

}  // namespace

ExitStatus history_command(const CommandContext& context) {
    const int limit = read_last(context.parsed);
    const auto most = static_cast<std::size_t>(limit);
    StateReader state(context);
    SchedulerAccess scheduler(context);
    const bool is_of_task = !context.parsed.operand.empty();
    if (context.parsed.has("json"))
        context.cli.out << (is_of_task ? attempts_json(state.look_up_task(scheduler), state, most)
                                       : runs_json(state, limit))
                               .pretty();
    else if (!state.history())
        context.cli.out << fmt::format("no runs yet: '{}' does not exist\n", state.path().string());
    else if (is_of_task)
        write_attempts(state.look_up_task(scheduler), state, most, context.cli.out);
    else
        write_runs(state, limit, context.cli.out);
    return ExitStatus::success;
}

}  // namespace freshet::cli
