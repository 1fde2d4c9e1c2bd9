// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "grib/sections.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace gfs {

/// One field of a GRIB2 file, read from its identification sections without decoding it.
struct ScannedField {
    std::uint64_t offset = 0;  ///< its message's
    int message = 1;           ///< counted from 1
    int submessage = 0;        ///< counted from 1; 0 when alone in its message
    GribParameter parameter{};
    Level level{};
    std::chrono::sys_seconds reference_time{};
    Validity validity{};
    ProductTraits traits{};
};

/// Lists the fields of a GRIB2 file, in file order. Reads each message from its start to its end, of its sections 1 and
/// 4 the content and of the others the header. With `cycle` set, a field of another reference time is an error. Throws
/// freshet::Error, naming the message, where it is damaged or its product is not supported.
std::vector<ScannedField> scan(ByteReader& bytes, std::optional<std::chrono::sys_seconds> cycle = {});

/// The same for bytes in memory; errors name `file` too.
std::vector<ScannedField> scan(std::string_view bytes, std::string_view file);

}  // namespace gfs
