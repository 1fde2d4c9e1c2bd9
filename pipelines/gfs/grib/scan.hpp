// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "grib/sections.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace gfs {

/// The part of an ensemble that a field is, as its message states it: a member, or a statistic of all members.
struct EnsembleCodes {
    std::optional<int> type = {};       ///< of a member: code table 4.6
    int number = 0;                     ///< of a member
    std::optional<int> statistic = {};  ///< of all members: code table 4.7
    int size = 0;                       ///< number of forecasts in the ensemble

    friend bool operator==(const EnsembleCodes&, const EnsembleCodes&) = default;
};

/// One field of a GRIB2 file, read from its identification sections without decoding it.
struct ScannedField {
    std::uint64_t offset = 0;  ///< its message's
    int message = 1;           ///< counted from 1
    int submessage = 0;        ///< counted from 1; 0 when alone in its message
    GribParameter parameter{};
    Level level{};
    std::chrono::sys_seconds reference_time{};
    Validity validity{};
    std::optional<EnsembleCodes> ensemble{};
};

/// Lists the fields of a GRIB2 file, in file order. Reads each message from its start to its end, of its sections 1 and
/// 4 the content and of the others the header. With `cycle` set, a field of another reference time is an error. Throws
/// freshet::Error, naming the message, where it is damaged or its product is not an instant or an interval of a
/// forecast (templates 4.0 and 4.8), of a member of an ensemble (4.1, 4.11), or of a statistic of its members
/// (4.2, 4.12).
std::vector<ScannedField> scan(ByteReader& bytes, std::optional<std::chrono::sys_seconds> cycle = {});

/// The same for bytes in memory; errors name `file` too.
std::vector<ScannedField> scan(std::string_view bytes, std::string_view file);

}  // namespace gfs
