// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/commands.hpp"
#include "run/known_task.hpp"
#include "run/past.hpp"
#include "run/state_place.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <ostream>

namespace freshet::run {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

std::string took(Time started, const std::optional<Time>& ended) {
    return ended ? readable_duration(duration_cast<milliseconds>(*ended - started)) : "not ended";
}

std::string line_of(const store::RunRow& run) {
    const auto exit = run.exit_code ? fmt::format("exit {}", *run.exit_code) : "no exit known";
    return fmt::format("{}  {:>11}  {:13}  {}{}{}  ({} pid {})\n", instant(run.started), took(run.started, run.ended),
                       exit, run.command, run.summary.empty() ? "" : ": ", run.summary, run.host, run.pid);
}

std::string line_of(const store::AttemptRow& attempt) {
    const auto failure = attempt.failure_class.empty() ? "" : fmt::format(" ({})", attempt.failure_class);
    return fmt::format("{}  {:>11}  attempt {}  {}{}{}{}\n", instant(attempt.started),
                       took(attempt.started, attempt.ended), attempt.number, attempt.status, failure,
                       attempt.message.empty() ? "" : ": ", plain_message(attempt));
}

void write_runs(store::History& history, int most, std::ostream& out) {
    const auto runs = history.runs(most);
    for (const auto& run : runs) out << line_of(run);
    if (runs.empty()) out << "nothing has run yet\n";
}

void write_attempts(const KnownTask& known, store::History& history, std::size_t most, std::ostream& out) {
    auto attempts = history.attempts_of(known.id);
    if (attempts.size() > most) attempts.erase(attempts.begin(), attempts.end() - static_cast<std::ptrdiff_t>(most));
    out << fmt::format("{}  {}\n", known.name(), known.id);
    for (const auto& attempt : attempts) out << "  " << line_of(attempt);
    if (attempts.empty()) out << "  has never run\n";
}

}  // namespace

Status history_command(const Call& call) {
    const int most = read_last(call.invocation);
    const auto place = state_place(call, likely_root(call));
    auto state = read_state(place);
    if (!state) {
        call.world.out << fmt::format("nothing has run yet: '{}' does not exist\n", place.string());
        return Status::complete;
    }
    store::History history(*state);
    if (call.invocation.subject.empty())
        write_runs(history, most, call.world.out);
    else
        write_attempts(known_task(call, &history), history, static_cast<std::size_t>(most), call.world.out);
    return Status::complete;
}

}  // namespace freshet::run
