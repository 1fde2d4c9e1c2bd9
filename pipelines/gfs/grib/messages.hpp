// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gfs {

/// The bytes at an inventory's offset are not one whole message: inventory and file do not belong together.
class DamagedMessage : public freshet::TransientError {
public:
    using TransientError::TransientError;
};

/// The length that section 0 of a GRIB2 message states; nothing when the bytes are not the start of one.
std::optional<std::uint64_t> stated_length(std::string_view bytes);

/// Throws DamagedMessage, naming `file` and `where` in it, unless the bytes are one whole GRIB2 message.
void check_message(std::string_view bytes, std::uint64_t where, std::string_view file);

}  // namespace gfs
