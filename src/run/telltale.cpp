// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/telltale.hpp"

#include "freshet/text.hpp"
#include "run/progress_line.hpp"
#include "run/run_log.hpp"
#include "run/summary.hpp"

#include <fmt/format.h>

#include <optional>
#include <ostream>

namespace freshet::run {

namespace {

/// The log, the live line and the watch of one run, joined as its output wants it.
class RunOutput {
public:
    RunOutput(CliContext& cli, LogFormat format, Json::Object common)
        : log_(format == LogFormat::json ? make_json_log(cli.err, cli.clock, std::move(common))
                                         : make_plain_log(cli.err, cli.clock)) {
        if (format == LogFormat::plain && cli.terminal_width > 0) {
            line_.emplace(cli.err, static_cast<std::size_t>(cli.terminal_width));
            log_above_line_.emplace(*log_, *line_);
        }
        const Verbosity verbosity = format == LogFormat::json ? Verbosity::everything
                                    : line_                   ? Verbosity::warnings
                                                              : Verbosity::results;
        observer_.emplace(log(), cli.clock, verbosity, line_ ? &*line_ : nullptr);
    }

    Log& log() { return log_above_line_ ? static_cast<Log&>(*log_above_line_) : *log_; }
    worker::Observer& observer() { return *observer_; }

private:
    std::unique_ptr<Log> log_;
    std::optional<ProgressLine> line_;
    std::optional<LogAboveLine> log_above_line_;
    std::optional<LoggingObserver> observer_;
};

/// The run's end as programs want it: a record, also for what ended it early.
ExitStatus run_with_log_records(const std::function<SessionResult()>& run, Log& log) {
    try {
        const SessionResult result = run();
        log.write({.level = result.succeeded() ? LogLevel::info : LogLevel::error,
                   .event = "run.done",
                   .message = one_line_summary(result),
                   .fields = summary_fields(result)});
        return exit_status_of(result);
    } catch (const std::exception& error) {
        // Told here, since a sentence on its own would break the log's rule of one record a line.
        const ExitStatus status = exit_status_of(error);
        log.write({.level = LogLevel::error,
                   .event = "run.failed",
                   .message = error.what(),
                   .fields = {{"exit_status", static_cast<int>(status)}}});
        return status;
    }
}

ExitStatus run_with_summary(const std::function<SessionResult()>& run, std::optional<RunOutput>& output,
                            std::ostream& out) {
    const SessionResult result = run();
    output.reset();  // wipes the live line
    out << summary(result);
    return exit_status_of(result);
}

}  // namespace

std::string traceparent(const CliContext& cli) {
    const auto found = cli.environment.find("TRACEPARENT");
    return found == cli.environment.end() ? "" : found->second;
}

std::string command_text(const CommandContext& context) {
    return fmt::format("{} {}", context.program.name, joined(context.arguments, " "));
}

ExitStatus run_with_output(CliContext& cli, LogFormat format, Json::Object common,
                           const std::function<SessionResult(Log&, worker::Observer&)>& run) {
    std::optional<RunOutput> output(std::in_place, cli, format, std::move(common));
    const auto observed_run = [&] { return run(output->log(), output->observer()); };
    return format == LogFormat::json ? run_with_log_records(observed_run, output->log())
                                     : run_with_summary(observed_run, output, cli.out);
}

}  // namespace freshet::run
