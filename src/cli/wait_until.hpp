// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <string_view>

namespace freshet::run {

/// The instant that --wait-until means: an instant (2026-11-21T06:30:00Z, 2026-11-21T06), the next time of day in UTC
/// (06:30), or a duration from now (2h, PT90M, 30 m). Throws ParameterError.
Time parse_deadline(std::string_view text, Time now);

}  // namespace freshet::run
