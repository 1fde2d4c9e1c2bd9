// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/scan.hpp"

#include <string>
#include <string_view>

namespace gfs::simulator {

/// The same values, packed as they are, in a message that says they are another field: with that parameter, level, and
/// time. `message` holds one field.
std::string rewrite_message(std::string_view message, const idx::ScannedField& field);

}  // namespace gfs::simulator
