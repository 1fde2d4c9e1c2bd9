// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/telltale.hpp"

#include "base/text.hpp"
#include "run/live_line.hpp"
#include "run/summary.hpp"
#include "run/watch.hpp"

#include <fmt/format.h>

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

std::string trace_parent(const World& world) {
    const auto found = world.environment.find("TRACEPARENT");
    return found == world.environment.end() ? "" : found->second;
}

std::string command_of(const Call& call) {
    return fmt::format("{} {}", call.program.name, joined(call.arguments, " "));
}

Status tell_of_run(World& world, LogFormat format, Json::Object common,
                   const std::function<SessionResult(Log&, worker::Observer&)>& run) {
    std::optional<Telltale> tell(std::in_place, world, format, std::move(common));
    const auto watched = [&] { return run(tell->log(), tell->watch()); };
    return format == LogFormat::json ? run_for_programs(watched, tell->log()) : run_for_people(watched, tell, world.out);
}

}  // namespace freshet::run
