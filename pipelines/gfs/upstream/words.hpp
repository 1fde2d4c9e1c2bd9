// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Without blanks at its ends.
std::string_view trimmed(std::string_view text);

/// The parts between separators, each without blanks at its ends; one empty part of an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);

/// "2026-08-21T06:00:00Z"; fractions of a second are dropped.
std::string utc_text(freshet::Time time);

}  // namespace gfs
