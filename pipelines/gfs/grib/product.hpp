// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"
#include "grib/sections.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace gfs {

/// The interval of a field as its message states it (product definition template 4.8 and its relatives).
struct StatedInterval {
    std::chrono::sys_seconds end;
    int process = 0;           ///< code table 4.10
    int range_count = 1;       ///< number of time ranges that it is composed of
    int unit = 1;              ///< of the length, code table 4.4
    std::uint64_t length = 0;  ///< 0 where the message does not tell
};

/// The time of a field as its message states it (sections 1 and 4).
struct StatedTime {
    std::chrono::sys_seconds reference_time;
    int unit = 1;  ///< of the forecast time, code table 4.4
    std::int64_t forecast_time = 0;
    std::optional<StatedInterval> interval = {};
};

/// The time of a field. Its interval begins at the forecast time if that and the length lead to the end, and else the
/// length before the end, as NCEP's programs decode it: AQM and NDFD write forecast times that lead elsewhere. Throws
/// freshet::Error where neither gives an interval, and for a forecast time of more than a century.
Validity validity_of(const StatedTime& stated);

/// The product definition of a message: the content of its section 4.
struct ProductDefinition {
    int category = 0;            ///< of the parameter, code table 4.1
    int number = 0;              ///< of the parameter, code table 4.2
    int process_identifier = 0;  ///< of the generating process, the centre's own table
    Level level;
    StatedTime time;
    ProductTraits traits;
};

/// Reads section 4 of a message with this reference time. Throws freshet::Error for templates (code table 4.0) other
/// than those of fields on levels, at an instant or over an interval: alone, of an ensemble, as probability or
/// percentile, over an area, of chemical constituents and of aerosols.
ProductDefinition read_product_definition(Octets section, std::chrono::sys_seconds reference_time);

/// Reads seven octets of a section: year, month, day, hour, minute, second. Throws freshet::Error for other dates than
/// those of the calendar.
std::chrono::sys_seconds time_at(Octets section, std::size_t first);

}  // namespace gfs
