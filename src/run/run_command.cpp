// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/commands.hpp"
#include "run/live_line.hpp"
#include "run/session.hpp"
#include "run/sinks.hpp"
#include "run/state_place.hpp"
#include "run/summary.hpp"
#include "run/watch.hpp"

#include "base/text.hpp"
#include "observe/trace.hpp"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <ostream>

namespace freshet::run {

namespace {

/// The log, the live line and the watch of one run, joined as its output wants it.
class Telltale {
public:
    Telltale(World& world, LogFormat format, Json::Object common)
        : log_(format == LogFormat::json ? make_json_log(world.err, world.clock, std::move(common))
                                         : make_plain_log(world.err, world.clock)) {
        if (format == LogFormat::plain && world.terminal_width > 0) {
            line_.emplace(world.err, static_cast<std::size_t>(world.terminal_width));
            above_.emplace(*log_, *line_);
        }
        const Telling telling = format == LogFormat::json ? Telling::everything
                                : line_                   ? Telling::troubles
                                                          : Telling::ends;
        watch_.emplace(log(), world.clock, telling, line_ ? &*line_ : nullptr);
    }

    Log& log() { return above_ ? static_cast<Log&>(*above_) : *log_; }
    worker::Observer& watch() { return *watch_; }

private:
    std::unique_ptr<Log> log_;
    std::optional<LiveLine> line_;
    std::optional<LogAboveLine> above_;
    std::optional<Watch> watch_;
};

std::string trace_parent(const World& world) {
    const auto found = world.environment.find("TRACEPARENT");
    return found == world.environment.end() ? "" : found->second;
}

std::string command_of(const Call& call) {
    return fmt::format("{} {}", call.program.name, joined(call.arguments, " "));
}

void keep_house(const Call& call, const AnyTask& root, const SessionResult& result, Log& log) {
    if (!call.program.after_run) return;
    const RunEnd end{.root = root, .undelivered_events = result.undelivered_events, .now = call.world.clock.now()};
    for (const std::string& sentence : call.program.after_run(end)) log.write({.event = "run.after", .message = sentence});
}

/// The run's end as programs want it: a record, also for what ended it early.
Status run_for_programs(const std::function<SessionResult()>& run, Log& log) {
    try {
        const SessionResult result = run();
        log.write({.level = result.succeeded() ? LogLevel::info : LogLevel::error,
                   .event = "run.done",
                   .message = one_line_summary(result),
                   .fields = summary_fields(result)});
        return status_of(result);
    } catch (const std::exception& error) {
        // Told here, since a sentence on its own would break the log's rule of one record a line.
        const Status status = status_of(error);
        log.write({.level = LogLevel::error,
                   .event = "run.failed",
                   .message = error.what(),
                   .fields = {{"exit_status", static_cast<int>(status)}}});
        return status;
    }
}

Status run_for_people(const std::function<SessionResult()>& run, std::optional<Telltale>& tell, std::ostream& out) {
    const SessionResult result = run();
    tell.reset();  // wipes the live line
    out << summary(result);
    return status_of(result);
}

}  // namespace

Status run_command(const Call& call) {
    const AnyTask root = named_task(call);
    const RunSettings settings = read_run_settings(call.invocation, call.settings, call.world.clock.now());
    const auto identity = observe::new_run(trace_parent(call.world));
    const SessionOptions options{.program = call.program.name,
                                 .version = call.program.version,
                                 .command = command_of(call),
                                 .run_id = identity.run_id,
                                 .traceparent = observe::traceparent(identity.trace),
                                 .workers = settings.workers,
                                 .state = state_place(call, root),
                                 .sinks = make_sinks(call, root),
                                 .wait_until = settings.wait_until,
                                 .longest_pause = settings.longest_pause,
                                 .handles_signals = true};
    std::optional<Telltale> tell(std::in_place, call.world, settings.log_format,
                                 observe::common_fields(identity, call.program.name));
    const auto run = [&] {
        SessionResult result = run_session(call.registry, {root}, options, {call.world.clock, tell->log(), tell->watch()});
        keep_house(call, root, result, tell->log());
        return result;
    };
    const Status status = settings.log_format == LogFormat::json ? run_for_programs(run, tell->log())
                                                                 : run_for_people(run, tell, call.world.out);
    return status == Status::not_there_yet && settings.tempfail_ok ? Status::complete : status;
}

}  // namespace freshet::run
