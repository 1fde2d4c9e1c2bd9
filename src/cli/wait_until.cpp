// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/wait_until.hpp"

#include "base/time.hpp"
#include "freshet/codec.hpp"

#include <fmt/format.h>

#include <optional>

namespace freshet::run {

namespace {

using namespace std::chrono;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
int two_digits(std::string_view digits) { return (digits[0] - '0') * 10 + (digits[1] - '0'); }

/// "06:30"
std::optional<minutes> parse_time_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    for (const std::size_t i : {0u, 1u, 3u, 4u})
        if (!is_digit(text[i])) return std::nullopt;
    const auto hour = two_digits(text), minute = two_digits(text.substr(3));
    if (hour > 23 || minute > 59) return std::nullopt;
    return hours(hour) + minutes(minute);
}

Time next_time_of_day(minutes of_day, Time now) {
    const Time today = floor<days>(now) + of_day;
    return today >= now ? today : today + days(1);
}

/// The first reading that succeeds; each throws when the text is not of its form.
std::optional<Time> parse_instant(std::string_view text) {
    const auto has_seconds = [](std::string_view t) { return t.size() > 16 && t[16] == ':'; };
    try {
        if (text.size() == 13) return Codec<DateHour>::read(text);
        if (text.size() == 17 && text.ends_with('Z'))  // without seconds
            return time_from_rfc3339(fmt::format("{}:00Z", text.substr(0, 16)));
        if (has_seconds(text)) return time_from_rfc3339(text);
    } catch (const Error&) {
    }
    return std::nullopt;
}

}  // namespace

Time parse_deadline(std::string_view text, Time now) {
    if (const auto of_day = parse_time_of_day(text)) return next_time_of_day(*of_day, now);
    if (const auto time = parse_instant(text)) return *time;
    try {
        return now + Codec<seconds>::read(text);
    } catch (const ParameterError&) {
        throw ParameterError(
            fmt::format("'{}' is neither an instant like 2026-11-21T06:30Z, nor a time of day like 06:30, "
                        "nor a duration like 2h",
                        text));
    }
}

}  // namespace freshet::run
