// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/sentences.hpp"

#include "base/time.hpp"
#include "freshet/error.hpp"
#include "freshet/json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::scheduler {

namespace {

/// Where an instant of the same day has just been named, the time is enough.
std::string format_time_after(Time named, Time time) {
    const std::string text = format_time(time);
    const auto day = text.find('T');
    return text.compare(0, day, format_time(named), 0, day) == 0 ? text.substr(day + 1) : text;
}

}  // namespace

std::string describe(const FailedAttempt& failed) {
    const auto when = format_time(failed.at);
    std::string text = failed.is_not_ready   ? fmt::format("is not possible yet, as tried at {}", when)
                       : failed.attempt == 0 ? fmt::format("failed at {}", when)
                                             : fmt::format("failed at attempt {} at {}", failed.attempt, when);
    if (!failed.message.empty()) text += ": " + failed.message;
    if (failed.is_disabled) text += "; it is disabled, having failed too often";
    if (failed.retries_exhausted) text += "; it is not tried again in this run";
    if (failed.retry_at)
        text += (failed.is_disabled ? "; its pause ends at " : "; to be tried again at ") +
                format_time_after(failed.at, *failed.retry_at);
    return text;
}

std::string describe(const RunningAttempt& running) {
    return fmt::format("has been running since {} (attempt {} by {})", format_time(running.since), running.attempt,
                       running.worker);
}

std::string describe_wait(const std::vector<Blocker>& causes) {
    return "waits for " + std::ranges::min_element(causes, {}, &Blocker::kind)->text;
}

std::string readable_message(const std::string& message) {
    if (!message.starts_with('"')) return message;
    try {
        return Json::parse(message).as_string();
    } catch (const Error&) {
        return message;
    }
}

std::string format_time(Time time) { return rfc3339(time).substr(0, 19) + "Z"; }

}  // namespace freshet::scheduler
