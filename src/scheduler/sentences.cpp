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
std::string instant_after(Time named, Time time) {
    const std::string text = instant(time);
    const auto day = text.find('T');
    return text.compare(0, day, instant(named), 0, day) == 0 ? text.substr(day + 1) : text;
}

}  // namespace

std::string sentence(const Failed& failed) {
    const auto when = instant(failed.at);
    std::string text = failed.is_early       ? fmt::format("is not possible yet, as tried at {}", when)
                       : failed.attempt == 0 ? fmt::format("failed at {}", when)
                                             : fmt::format("failed at attempt {} at {}", failed.attempt, when);
    if (!failed.message.empty()) text += ": " + failed.message;
    if (failed.is_disabled) text += "; it is disabled, having failed too often";
    if (failed.is_given_up) text += "; it is not tried again in this run";
    if (failed.next_chance)
        text += (failed.is_disabled ? "; its pause ends at " : "; to be tried again at ") +
                instant_after(failed.at, *failed.next_chance);
    return text;
}

std::string sentence(const Running& running) {
    return fmt::format("has been running since {} (attempt {} by {})", instant(running.since), running.attempt,
                       running.worker);
}

std::string waits_for(const std::vector<Obstacle>& causes) {
    return "waits for " + std::ranges::min_element(causes, {}, &Obstacle::hindrance)->words;
}

std::string plain(const std::string& message) {
    if (!message.starts_with('"')) return message;
    try {
        return Json::parse(message).as_string();
    } catch (const Error&) {
        return message;
    }
}

std::string instant(Time time) { return rfc3339(time).substr(0, 19) + "Z"; }

}  // namespace freshet::scheduler
