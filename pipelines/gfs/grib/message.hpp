// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/grid.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gfs {

/// What is measured: GRIB2's discipline, category and number.
struct GribParameter {
    int discipline = 0;
    int category = 0;
    int number = 0;

    friend auto operator<=>(const GribParameter&, const GribParameter&) = default;
};

/// One fixed surface (code table 4.5); many kinds, the tropopause for one, have no value.
struct Surface {
    int type = 0;
    std::optional<double> value;

    friend auto operator<=>(const Surface&, const Surface&) = default;
};

/// Where it is measured: on a surface, or in the layer between two.
struct Level {
    Surface first;
    std::optional<Surface> second;

    friend auto operator<=>(const Level&, const Level&) = default;
};

/// When it is measured: an instant, or what was done to an interval (code table 4.10).
struct Validity {
    std::chrono::sys_seconds begin;  ///< same as `end` for an instant
    std::chrono::sys_seconds end;
    std::optional<int> process;  ///< 0 average, 1 sum, 2 maximum, 3 minimum, ...; 255 means it was not said

    friend auto operator<=>(const Validity&, const Validity&) = default;
};

/// The bytes of one section of a message.
struct SectionLocation {
    int number = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// Where one field lies in its file. Fields of one message share sections and differ in the last ones.
struct FieldLocation {
    std::string number;        ///< counted from 1; "56.2" is the second field of message 56, as in NCEP's inventories
    std::uint64_t offset = 0;  ///< of the message
    std::uint64_t length = 0;  ///< of the message
    std::vector<SectionLocation> sections;
};

/// Everything about one field but its values.
struct Message {
    FieldLocation location;
    GribParameter parameter;
    std::string centre;  ///< "kwbc" is NCEP
    Level level;
    std::chrono::sys_seconds reference_time;
    Validity validity;
    Grid grid;
    double packing_step = 0;   ///< the values' granularity: two that differ by less may be the same; 0 where unknown
    int product_template = 0;  ///< code table 4.0; 0 an instant, 8 an interval, 1 and 11 those of an ensemble
    int time_ranges = 1;       ///< that were put together for an interval
    std::optional<int> member = {};  ///< of an ensemble
    int packing_template = 0;        ///< 3: complex with spatial differencing, as NCEP packs
    int process_identifier = 0;      ///< 81 analysis, 96 forecast of the GFS
    std::string eccodes_name;        ///< for parameters that no table of ours knows
    std::string eccodes_units;
};

/// "0-2-2"
std::string to_text(const GribParameter& parameter);
/// "103:10", "108:18000/108:0", "7" where the surface has no value.
std::string to_text(const Level& level);
/// A number as people write it in names and texts: "10", "0.995", "-2e-06".
std::string number_text(double value);
/// "message 56.2 at byte 659404"
std::string to_text(const FieldLocation& location);

}  // namespace gfs
