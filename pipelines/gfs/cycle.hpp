// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/codec.hpp"

namespace gfs {

/// The analysis time that a forecast starts from, in UTC; leads are counted from it.
using Cycle = freshet::DateHour;

}  // namespace gfs
