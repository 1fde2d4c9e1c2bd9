// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/run_log.hpp"

#include "base/time.hpp"
#include "observe/trace.hpp"

#include <fmt/format.h>

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

bool is_not_ready(const FinishedAttempt& end) { return end.failure_class == FailureClass::not_ready; }

std::string describe_end(const AnyTask& task, const FinishedAttempt& end) {
    std::string text = task.description();
    switch (end.status) {
        case FinishedAttempt::Status::done:
            break;
        case FinishedAttempt::Status::waiting:
            text += " waits for what it found that it needs";
            break;
        case FinishedAttempt::Status::failed:
            text += is_not_ready(end) ? " is not possible yet" : fmt::format(" failed at attempt {}", end.attempt);
            break;
        case FinishedAttempt::Status::lost:
            text += " is no longer this worker's";
            break;
    }
    if (!end.message.empty()) text += fmt::format(": {}", end.message);
    if (end.retry_at) text += fmt::format("; again at {}", time_of_day(*end.retry_at));
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

LogLevel level_of(const FinishedAttempt& end) {
    if (end.status == FinishedAttempt::Status::done || end.status == FinishedAttempt::Status::waiting ||
        is_not_ready(end))
        return LogLevel::info;
    return end.status == FinishedAttempt::Status::lost || end.retry_at ? LogLevel::warning : LogLevel::error;
}

}  // namespace

void LoggingObserver::planned(const worker::Plan& plan) {
    {
        const std::lock_guard lock(mutex_);
        progress_.add_plan(plan);
        if (verbosity_ == Verbosity::everything)
            log_.write({.event = "run.planned",
                        .message = fmt::format("{} of {} tasks are to run", progress_.total(), plan.size()),
                        .fields = {{"tasks", plan.size()}, {"to_run", progress_.total()}}});
    }
    // Not earlier: until the plan is made, the run may fork, which a thread would not survive.
    if (line_ && !ticker_) ticker_.emplace([this] { draw(); });
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

void LoggingObserver::ended(const AnyTask& task, const FinishedAttempt& end) {
    const std::lock_guard lock(mutex_);
    progress_.end(task, end.status == FinishedAttempt::Status::done);
    const bool is_warning = level_of(end) >= LogLevel::warning || is_not_ready(end);
    const bool is_end = verbosity_ == Verbosity::results && end.status != FinishedAttempt::Status::waiting;
    if (verbosity_ == Verbosity::everything || is_warning || is_end) log_end(task, end);
    attempts_.erase(task.id());
}

void LoggingObserver::log_end(const AnyTask& task, const FinishedAttempt& end) {
    std::string text = describe_end(task, end);
    if (end.status == FinishedAttempt::Status::done)
        text += fmt::format(" done in {} ({} of {})", readable_duration(end.took), progress_.done(), progress_.total());
    Json::Object fields = fields_of(task);
    fields.emplace_back("dur_ms", end.took.count());
    if (end.failure_class)
        fields.emplace_back("error", Json::Object{{"type", name_of(*end.failure_class)}, {"message", end.message}});
    log_.write({.level = level_of(end), .event = event_of(end.status), .message = text, .fields = std::move(fields)});
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
    if (const auto attempt = attempts_.find(task.id()); attempt != attempts_.end()) {
        fields.emplace_back("attempt", attempt->second.number);
        fields.emplace_back("span_id", attempt->second.span_id);
    }
    return fields;
}

}  // namespace freshet::run
