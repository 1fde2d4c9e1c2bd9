// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace freshet {

/// RFC 3339 in UTC with milliseconds: "2026-08-21T06:00:00.000Z".
std::string rfc3339(Time time);

/// Parses RFC 3339 with any offset and fraction. Throws Error.
Time time_from_rfc3339(std::string_view text);

/// Seconds since 1970 with a fraction, the form of RPC messages and the state file.
double epoch_seconds(Time time);
Time time_from_epoch_seconds(double seconds);

/// The earliest of the times that are set; nullopt without any.
std::optional<Time> earliest(std::initializer_list<std::optional<Time>> times);

/// Formats a duration for people: "850 ms", "12 s", "3 min 20 s", "2 h 05 min".
std::string readable_duration(std::chrono::milliseconds duration);

}  // namespace freshet
