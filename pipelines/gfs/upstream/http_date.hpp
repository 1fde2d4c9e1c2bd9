// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gfs {

/// An instant as HTTP writes it: "Tue, 15 Mar 2022 21:30:00 GMT"; nothing when the text is not one.
std::optional<freshet::Time> time_from_http_date(std::string_view text);

/// The same in the other direction; fractions of a second are dropped.
std::string http_date(freshet::Time time);

}  // namespace gfs
