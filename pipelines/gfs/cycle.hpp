// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/codec.hpp"

namespace gfs {

/// The analysis time of a forecast, in UTC; leads are hours after it.
using Cycle = freshet::DateHour;

/// Cycles start at 00, 06, 12 and 18 UTC.
inline constexpr std::chrono::hours cycle_interval{6};

}  // namespace gfs
