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

/// A parameter by its numbers in GRIB2's code table 4.2.
struct GribParameter {
    int discipline = 0;
    int category = 0;
    int number = 0;

    friend auto operator<=>(const GribParameter&, const GribParameter&) = default;
};

/// One fixed surface (code table 4.5); many types, the tropopause for one, have no value.
struct Surface {
    int type = 0;
    std::optional<double> value;

    friend auto operator<=>(const Surface&, const Surface&) = default;
};

/// The vertical position of a field: a surface, or the layer between two.
struct Level {
    Surface first;
    std::optional<Surface> second;

    friend auto operator<=>(const Level&, const Level&) = default;
};

/// The time of a field: an instant, or an interval and its statistical process (code table 4.10).
struct Validity {
    std::chrono::sys_seconds begin;  ///< equals `end` for an instant
    std::chrono::sys_seconds end;
    std::optional<int> process;  ///< 0 average, 1 sum, 2 maximum, 3 minimum, ...; 255 when the message names none

    friend auto operator<=>(const Validity&, const Validity&) = default;
};

/// A member of an ensemble as its message states it: its type (code table 4.6) and its number.
struct StatedMember {
    int type = 255;  ///< 0 and 1 unperturbed controls, 2 negatively and 3 positively perturbed
    int number = 0;

    friend auto operator<=>(const StatedMember&, const StatedMember&) = default;
};

/// The event whose probability a field holds (code table 4.9).
struct Probability {
    int type = 255;  ///< 0 below the lower limit, 1 above the upper one, 2 between both, ...
    std::optional<double> lower = {};
    std::optional<double> upper = {};

    friend auto operator<=>(const Probability&, const Probability&) = default;
};

/// A range of the sizes of particles or of wavelengths, in metres.
struct MetreRange {
    int type = 255;  ///< code table 4.91: 0 smaller than the first limit, 2 and 7 between both, ...
    std::optional<double> first = {};
    std::optional<double> second = {};

    friend auto operator<=>(const MetreRange&, const MetreRange&) = default;
};

/// The traits that tell a field from others of its parameter, level and time, as its product definition states them.
struct ProductTraits {
    std::optional<StatedMember> member = {};
    std::optional<int> derived = {};  ///< code table 4.7: 0 mean of all members, 4 their spread, ...
    std::optional<Probability> probability = {};
    std::optional<int> percentile = {};
    std::optional<int> constituent = {};  ///< code tables 4.230 and 4.233: 62001 dry dust, ...
    std::optional<MetreRange> size = {};  ///< of an aerosol's particles
    std::optional<MetreRange> wavelength = {};
    std::optional<int> area_process = {};  ///< code table 4.10, over a spatial area

    friend auto operator<=>(const ProductTraits&, const ProductTraits&) = default;
};

/// The bytes of one section of a message.
struct SectionLocation {
    int number = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// The bytes of one field in its file. Fields of one message share sections and differ in the last ones.
struct FieldLocation {
    std::string number;        ///< counted from 1; "56.2" is the second field of message 56, as in NCEP's inventories
    std::uint64_t offset = 0;  ///< the message's
    std::uint64_t length = 0;  ///< the message's
    std::vector<SectionLocation> sections;
};

/// The metadata of one field.
struct Message {
    FieldLocation location;
    GribParameter parameter;
    std::string centre;       ///< "kwbc" is NCEP
    std::string centre_name;  ///< "US National Weather Service - NCEP"; empty when unknown
    int subcentre = 0;        ///< common code table C-12
    Level level;
    std::chrono::sys_seconds reference_time;
    Validity validity;
    Grid grid;
    double packing_step = 0;     ///< granularity of the values, of which closer ones may be equal; 0 where unknown
    int time_ranges = 1;         ///< number of time ranges that an interval is composed of
    ProductTraits traits = {};   ///< empty for the forecast of a quantity by a single model
    int packing_template = 0;    ///< 3: complex with spatial differencing, as NCEP packs
    int process_identifier = 0;  ///< 81 analysis, 96 forecast of the GFS
};

/// The names of a parameter in eccodes' tables.
struct EccodesNames {
    std::string name = "unknown";
    std::string units = {};
};

/// A decimal number as GRIB2 encodes it: value * 10^-scale.
struct ScaledNumber {
    int scale = 0;
    std::int64_t value = 0;

    /// Rounds once: 9950 with scale 4 is exactly the double 0.995.
    double number() const;
};

/// Encodes a number with as few decimals as it needs, at most nine.
ScaledNumber to_scaled(double number);

/// The length of a unit of time (code table 4.4). Throws freshet::Error for units without a fixed length.
std::chrono::seconds unit_length(int unit);

/// Formats as "0-2-2".
std::string to_text(const GribParameter& parameter);
/// Formats as "103:10", "108:18000/108:0", or "7" where the surface has no value.
std::string to_text(const Level& level);
/// Formats as "message 56.2 at byte 659404".
std::string to_text(const FieldLocation& location);
/// Formats a number for names and texts: "10", "0.995", "-2e-06".
std::string number_text(double value);
/// Formats a field's time as wgrib2 does: "anl", "7 hour fcst", "6-7 hour acc fcst", "0-1 day acc fcst".
std::string time_text(const Validity& validity, std::chrono::sys_seconds reference_time);

}  // namespace gfs
