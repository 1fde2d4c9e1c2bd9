// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/run_log.hpp"

#include "base/time.hpp"
#include "freshet/text.hpp"
#include "observe/trace.hpp"
#include "run/exit_status.hpp"
#include "run/summary.hpp"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <ostream>
#include <utility>

namespace freshet::run {

namespace {

using worker::FinishedAttempt;

std::string_view name_of(FailureClass failure) {
    switch (failure) {
        case FailureClass::not_ready:
            return "not_yet";
        case FailureClass::throttled:
            return "throttled";
        case FailureClass::transient:
            return "transient";
        case FailureClass::permanent:
            return "permanent";
    }
    return "permanent";
}

/// "06:00:12"
std::string time_of_day(Time time) { return rfc3339(time).substr(11, 8); }

bool is_not_ready(const FinishedAttempt& attempt) { return attempt.failure_class == FailureClass::not_ready; }

std::string describe_end(const AnyTask& task, const FinishedAttempt& attempt) {
    std::string text = task.description();
    switch (attempt.status) {
        case FinishedAttempt::Status::done:
            break;
        case FinishedAttempt::Status::waiting:
            text += " is waiting for dynamic requirements";
            break;
        case FinishedAttempt::Status::failed:
            text += is_not_ready(attempt)  ? " is not ready"
                    : attempt.attempt == 0 ? " failed before an attempt"
                                           : fmt::format(" failed at attempt {}", attempt.attempt);
            break;
        case FinishedAttempt::Status::lost:
            text += " is no longer assigned to this worker";
            break;
    }
    if (!attempt.message.empty()) text += fmt::format(": {}", attempt.message);
    if (attempt.retry_at) text += fmt::format("; retry at {}", time_of_day(*attempt.retry_at));
    return text;
}

std::string_view event_of(FinishedAttempt::Status status) {
    switch (status) {
        case FinishedAttempt::Status::done:
            return "task.done";
        case FinishedAttempt::Status::waiting:
            return "task.waiting";
        case FinishedAttempt::Status::failed:
            return "task.failed";
        case FinishedAttempt::Status::lost:
            return "task.lost";
    }
    return "task.done";
}

LogLevel level_of(const FinishedAttempt& attempt) {
    if (attempt.status == FinishedAttempt::Status::done || attempt.status == FinishedAttempt::Status::waiting ||
        is_not_ready(attempt))
        return LogLevel::info;
    return attempt.status == FinishedAttempt::Status::lost || attempt.retry_at ? LogLevel::warning : LogLevel::error;
}

/// Writes each line as a record.
std::function<void(const std::string&)> output_records(Log& log) {
    return [&log](const std::string& line) { log.write({.event = "output", .message = line}); };
}

}  // namespace

LoggingObserver::~LoggingObserver() {
    try {
        for (const std::string& line : outages_.unended()) notified(line);
    } catch (const std::exception&) {
        // The history has every attempt.
    }
}

void LoggingObserver::planned(const worker::Plan& plan) {
    {
        const std::lock_guard lock(mutex_);
        progress_.add_plan(plan);
        if (verbosity_ == Verbosity::everything)
            log_.write({.event = "run.planned",
                        .message = fmt::format("{} of {} tasks to run", progress_.total(), plan.size()),
                        .fields = {{"tasks", plan.size()}, {"to_run", progress_.total()}}});
    }
    // Not earlier: the run may fork until the plan is made, and a thread would not survive that.
    if (line_ && !ticker_) ticker_.emplace([this] { draw(); });
    if (capture_ && !capture_->has_started()) capture_->start(output_records(log_));
}

void LoggingObserver::started(const AnyTask& task, int attempt) {
    const std::lock_guard lock(mutex_);
    progress_.start(task, clock_.steady_now());
    if (verbosity_ != Verbosity::everything) return;
    attempts_[task.id()] = {attempt, observe::new_span_id()};
    log_.write({.event = "task.started", .message = task.description() + " started", .fields = fields_of(task)});
}

void LoggingObserver::progressed(const AnyTask& task, double fraction) {
    const std::lock_guard lock(mutex_);
    progress_.advance(task, fraction);
}

void LoggingObserver::status_changed(const AnyTask& task, std::string_view message) {
    const std::lock_guard lock(mutex_);
    progress_.set_status(task, message);
}

void LoggingObserver::logged(const AnyTask& task, std::string_view message, bool is_warning) {
    const std::lock_guard lock(mutex_);
    const std::string text =
        verbosity_ == Verbosity::everything ? std::string(message) : fmt::format("{}: {}", task.description(), message);
    log_.write({.level = is_warning ? LogLevel::warning : LogLevel::info,
                .event = "task.log",
                .message = text,
                .fields = fields_of(task)});
}

void LoggingObserver::ended(const AnyTask& task, const FinishedAttempt& attempt) {
    const std::lock_guard lock(mutex_);
    progress_.end(task, attempt.status == FinishedAttempt::Status::done);
    const bool is_warning = level_of(attempt) >= LogLevel::warning || is_not_ready(attempt);
    const bool is_end = verbosity_ == Verbosity::results && attempt.status != FinishedAttempt::Status::waiting;
    if (verbosity_ == Verbosity::everything || ((is_warning || is_end) && is_news(task, attempt)))
        log_end(task, attempt);
    attempts_.erase(task.id());
}

/// False for one more failure in an outage that was told. Tells of its end.
bool LoggingObserver::is_news(const AnyTask& task, const FinishedAttempt& attempt) {
    if (attempt.status == FinishedAttempt::Status::failed && attempt.retry_at && !is_not_ready(attempt))
        return outages_.add(task.id(), attempt.message, clock_.now());
    if (attempt.status == FinishedAttempt::Status::done)
        for (const std::string& line : outages_.end(task.id())) notified(line);
    return true;
}

void LoggingObserver::log_end(const AnyTask& task, const FinishedAttempt& attempt) {
    std::string text = describe_end(task, attempt);
    if (attempt.status == FinishedAttempt::Status::done)
        text +=
            fmt::format(" done in {} ({} of {})", readable_duration(attempt.took), progress_.done(), progress_.total());
    Json::Object fields = fields_of(task);
    fields.emplace_back("dur_ms", attempt.took.count());
    if (attempt.failure_class)
        fields.emplace_back("error",
                            Json::Object{{"type", name_of(*attempt.failure_class)}, {"message", attempt.message}});
    log_.write(
        {.level = level_of(attempt), .event = event_of(attempt.status), .message = text, .fields = std::move(fields)});
}

void LoggingObserver::notified(std::string_view message) {
    log_.write({.level = LogLevel::warning, .event = "run.notice", .message = message});
}

void LoggingObserver::draw() {
    const std::lock_guard lock(mutex_);
    line_->show(progress_, clock_.steady_now());
}

Json::Object LoggingObserver::fields_of(const AnyTask& task) {
    if (verbosity_ != Verbosity::everything) return {};  // only programs read fields
    Json::Object params;
    for (const auto& [name, value] : task.values()) params.emplace_back(name, value);
    Json::Object fields{{"task", task.type().family}, {"task_id", task.id()}, {"params", std::move(params)}};
    if (const auto span = attempts_.find(task.id()); span != attempts_.end()) {
        fields.emplace_back("attempt", span->second.number);
        fields.emplace_back("span_id", span->second.span_id);
    }
    return fields;
}

namespace {

/// The log, the progress line and the observer of one run, connected as the output format requires.
class RunOutput {
public:
    explicit RunOutput(OutputOptions options)
        : capture_(options.format == LogFormat::json && options.captures_output ? std::make_unique<OutputCapture>()
                                                                                : nullptr),
          log_(options.format == LogFormat::json ? make_json_log(capture_ ? capture_->error_stream() : options.err,
                                                                 options.clock, std::move(options.common_fields))
                                                 : make_plain_log(options.err, options.clock)) {
        if (options.format == LogFormat::plain && options.terminal_width > 0) {
            line_.emplace(options.err, static_cast<std::size_t>(options.terminal_width));
            log_above_line_.emplace(*log_, *line_);
        }
        const Verbosity verbosity = options.format == LogFormat::json ? Verbosity::everything
                                    : line_                           ? Verbosity::warnings
                                                                      : Verbosity::results;
        observer_.emplace(log(), options.clock, verbosity, line_ ? &*line_ : nullptr, capture_.get());
    }
    ~RunOutput() { end_capture(); }
    RunOutput(const RunOutput&) = delete;
    RunOutput& operator=(const RunOutput&) = delete;

    Log& log() { return log_above_line_ ? static_cast<Log&>(*log_above_line_) : *log_; }
    worker::Observer& observer() { return *observer_; }
    /// Logs what the run has printed so far; the next lines are printed as usual.
    void end_capture() {
        if (!capture_) return;
        if (!capture_->has_started()) capture_->start(output_records(*log_));  // the run ended before it began
        capture_->stop();
    }

private:
    std::unique_ptr<OutputCapture> capture_;
    std::unique_ptr<Log> log_;
    std::optional<ProgressLine> line_;
    std::optional<LogAboveLine> log_above_line_;
    std::optional<LoggingObserver> observer_;
};

/// Logs the end of the run as a record, also when an exception ended it.
ExitStatus run_with_log_records(const std::function<SessionResult()>& run, RunOutput& output) {
    Log& log = output.log();
    try {
        const SessionResult result = run();
        output.end_capture();
        for (const std::string& line : undelivered_lines(result.undelivered))
            log.write({.level = LogLevel::warning, .event = "events.undelivered", .message = line});
        log.write({.level = result.succeeded() ? LogLevel::info : LogLevel::error,
                   .event = "run.done",
                   .message = one_line_summary(result),
                   .fields = summary_fields(result)});
        return exit_status_of(result);
    } catch (const std::exception& error) {
        output.end_capture();
        // Logged here, since a plain message would break the format of one record a line.
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
    output.reset();  // erases the progress line
    out << summary(result);
    return exit_status_of(result);
}

}  // namespace

ExitStatus run_with_output(OutputOptions options, const std::function<SessionResult(Log&, worker::Observer&)>& run) {
    const LogFormat format = options.format;
    std::ostream& out = options.out;
    std::optional<RunOutput> output(std::in_place, std::move(options));
    const auto observed_run = [&] { return run(output->log(), output->observer()); };
    return format == LogFormat::json ? run_with_log_records(observed_run, *output)
                                     : run_with_summary(observed_run, output, out);
}

}  // namespace freshet::run
