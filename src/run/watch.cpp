// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/watch.hpp"

#include "base/time.hpp"
#include "observe/trace.hpp"

#include <fmt/format.h>

namespace freshet::run {

namespace {

using worker::AttemptEnd;

std::string_view name_of(FailureClass failure) {
    switch (failure) {
        case FailureClass::not_yet:
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

bool is_not_yet(const AttemptEnd& end) { return end.failure_class == FailureClass::not_yet; }

std::string text_of_end(const AnyTask& task, const AttemptEnd& end) {
    std::string text = task.description();
    switch (end.how) {
        case AttemptEnd::How::done:
            break;
        case AttemptEnd::How::waiting:
            text += " waits for what it found that it needs";
            break;
        case AttemptEnd::How::failed:
            text += is_not_yet(end) ? " is not possible yet" : fmt::format(" failed at attempt {}", end.attempt);
            break;
        case AttemptEnd::How::lost:
            text += " is no longer this worker's";
            break;
    }
    if (!end.message.empty()) text += fmt::format(": {}", end.message);
    if (end.retry_at) text += fmt::format("; again at {}", time_of_day(*end.retry_at));
    return text;
}

std::string_view event_of(AttemptEnd::How how) {
    switch (how) {
        case AttemptEnd::How::done:
            return "task.done";
        case AttemptEnd::How::waiting:
            return "task.waiting";
        case AttemptEnd::How::failed:
            return "task.failed";
        case AttemptEnd::How::lost:
            return "task.lost";
    }
    return "task.done";
}

LogLevel level_of(const AttemptEnd& end) {
    if (end.how == AttemptEnd::How::done || end.how == AttemptEnd::How::waiting || is_not_yet(end))
        return LogLevel::info;
    return end.how == AttemptEnd::How::lost || end.retry_at ? LogLevel::warning : LogLevel::error;
}

}  // namespace

void Watch::planned(const worker::Plan& plan) {
    {
        const std::lock_guard lock(mutex_);
        progress_.plan(plan);
        if (telling_ == Telling::everything)
            log_.write({.event = "run.planned",
                        .message = fmt::format("{} of {} tasks are to run", progress_.total(), plan.size()),
                        .fields = {{"tasks", plan.size()}, {"to_run", progress_.total()}}});
    }
    // Not earlier: until the plan is made, the run may fork, which a thread would not survive.
    if (line_ && !ticker_) ticker_.emplace([this] { draw(); });
}

void Watch::started(const AnyTask& task, int attempt) {
    const std::lock_guard lock(mutex_);
    progress_.start(task, clock_.steady_now());
    if (telling_ != Telling::everything) return;
    attempts_[task.id()] = {attempt, observe::new_span_id()};
    log_.write({.event = "task.started", .message = task.description() + " started", .fields = fields_of(task)});
}

void Watch::progressed(const AnyTask& task, double fraction) {
    const std::lock_guard lock(mutex_);
    progress_.advance(task, fraction);
}

void Watch::said(const AnyTask& task, std::string_view message) {
    const std::lock_guard lock(mutex_);
    progress_.say(task, message);
}

void Watch::logged(const AnyTask& task, std::string_view message, bool is_warning) {
    const std::lock_guard lock(mutex_);
    const std::string text =
        telling_ == Telling::everything ? std::string(message) : fmt::format("{}: {}", task.description(), message);
    log_.write({.level = is_warning ? LogLevel::warning : LogLevel::info,
                .event = "task.log",
                .message = text,
                .fields = fields_of(task)});
}

void Watch::ended(const AnyTask& task, const AttemptEnd& end) {
    const std::lock_guard lock(mutex_);
    progress_.end(task, end.how == AttemptEnd::How::done);
    const bool is_trouble = level_of(end) >= LogLevel::warning || is_not_yet(end);
    const bool is_end = telling_ == Telling::ends && end.how != AttemptEnd::How::waiting;
    if (telling_ == Telling::everything || is_trouble || is_end) tell_end(task, end);
    attempts_.erase(task.id());
}

void Watch::tell_end(const AnyTask& task, const AttemptEnd& end) {
    std::string text = text_of_end(task, end);
    if (end.how == AttemptEnd::How::done)
        text += fmt::format(" done in {} ({} of {})", readable_duration(end.took), progress_.done(), progress_.total());
    Json::Object fields = fields_of(task);
    fields.emplace_back("dur_ms", end.took.count());
    if (end.failure_class)
        fields.emplace_back("error", Json::Object{{"type", name_of(*end.failure_class)}, {"message", end.message}});
    log_.write({.level = level_of(end), .event = event_of(end.how), .message = text, .fields = std::move(fields)});
}

void Watch::noticed(std::string_view message) {
    log_.write({.level = LogLevel::warning, .event = "run.notice", .message = message});
}

void Watch::draw() {
    const std::lock_guard lock(mutex_);
    line_->show(progress_, clock_.steady_now());
}

Json::Object Watch::fields_of(const AnyTask& task) {
    if (telling_ != Telling::everything) return {};  // only programs read fields
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
