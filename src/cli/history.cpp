// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"
#include "base/time.hpp"
#include "cli/run_config.hpp"
#include "cli/state_reader.hpp"
#include "rpc/error_summary.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

#include <ostream>

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

void write_attempts(const TaskLookup& lookup, StateReader& state, std::size_t limit, std::ostream& out) {
    auto attempts = state.history()->attempts_of(lookup.id);
    if (attempts.size() > limit) attempts.erase(attempts.begin(), attempts.end() - static_cast<std::ptrdiff_t>(limit));
    out << fmt::format("{}  {}\n", lookup.name(), lookup.id);
    for (const auto& attempt : attempts) out << "  " << line_of(attempt, state);
    if (attempts.empty()) out << "  no attempts yet\n";
}

}  // namespace

ExitStatus history_command(const CommandContext& context) {
    const int limit = read_last(context.parsed);
    StateReader state(context);
    if (!state.history())
        context.cli.out << fmt::format("no runs yet: '{}' does not exist\n", state.path().string());
    else if (context.parsed.operand.empty())
        write_runs(state, limit, context.cli.out);
    else
        write_attempts(state.look_up_task(), state, static_cast<std::size_t>(limit), context.cli.out);
    return ExitStatus::success;
}

}  // namespace freshet::cli
