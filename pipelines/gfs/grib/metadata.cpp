// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/metadata.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

namespace gfs {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr int missing_code = 255;

// Code table 4.4; months and longer have no fixed length.
constexpr std::array<std::pair<long, long>, 7> seconds_of_unit{
    {{0, 60}, {1, 3600}, {2, 86400}, {10, 3 * 3600}, {11, 6 * 3600}, {12, 12 * 3600}, {13, 1}}};

seconds length_of_unit(long unit) {
    for (const auto& [code, length] : seconds_of_unit) {
        if (code == unit) return seconds{length};
    }
    throw freshet::Error(fmt::format("its unit of time is {}, which has no fixed length", unit));
}

sys_seconds read_time(const EccodesHandle& handle, std::array<const char*, 6> keys) {
    std::array<int, 6> part{};
    for (std::size_t i = 0; i < keys.size(); ++i) part[i] = static_cast<int>(handle.integer(keys[i]));
    const std::chrono::year_month_day date{std::chrono::year(part[0]),
                                           std::chrono::month(static_cast<unsigned>(part[1])),
                                           std::chrono::day(static_cast<unsigned>(part[2]))};
    if (!date.ok()) throw freshet::Error(fmt::format("{:04}-{:02}-{:02} is not a date", part[0], part[1], part[2]));
    return std::chrono::sys_days(date) + std::chrono::hours(part[3]) + std::chrono::minutes(part[4]) + seconds(part[5]);
}

// GRIB2 keeps the sign in the top bit; eccodes hands these keys out as unsigned.
double signed_magnitude(long value) {
    constexpr long sign_bit = 0x80000000L;
    return static_cast<double>((value & sign_bit) != 0 ? -(value & ~sign_bit) : value);
}

// Division rounds once, so that 9950 with factor 4 is exactly the double 0.995.
std::optional<double> scaled(std::optional<long> value, std::optional<long> factor) {
    if (!value || !factor) return std::nullopt;
    const double magnitude = std::pow(10.0, std::abs(static_cast<double>(*factor)));
    return *factor >= 0 ? signed_magnitude(*value) / magnitude : signed_magnitude(*value) * magnitude;
}

Level level_of(const EccodesHandle& handle) {
    Level level;
    level.first = {.type = static_cast<int>(handle.integer("typeOfFirstFixedSurface")),
                   .value = scaled(handle.find_integer("scaledValueOfFirstFixedSurface"),
                                   handle.find_integer("scaleFactorOfFirstFixedSurface"))};
    const long second = handle.integer("typeOfSecondFixedSurface");
    if (second != missing_code) {
        level.second = {.type = static_cast<int>(second),
                        .value = scaled(handle.find_integer("scaledValueOfSecondFixedSurface"),
                                        handle.find_integer("scaleFactorOfSecondFixedSurface"))};
    }
    return level;
}

Validity validity_of(const EccodesHandle& handle, sys_seconds reference) {
    const seconds ahead = handle.integer("forecastTime") * length_of_unit(handle.integer("indicatorOfUnitOfTimeRange"));
    const sys_seconds begin = reference + ahead;
    const std::optional<long> process = handle.find_integer("typeOfStatisticalProcessing");
    if (!handle.find_integer("yearOfEndOfOverallTimeInterval")) return {.begin = begin, .end = begin, .process = {}};
    const sys_seconds end = read_time(handle, {"yearOfEndOfOverallTimeInterval", "monthOfEndOfOverallTimeInterval",
                                               "dayOfEndOfOverallTimeInterval", "hourOfEndOfOverallTimeInterval",
                                               "minuteOfEndOfOverallTimeInterval", "secondOfEndOfOverallTimeInterval"});
    if (end < begin) throw freshet::Error("its interval ends before it begins");
    return {.begin = begin, .end = end, .process = static_cast<int>(process.value_or(missing_code))};
}

// Packed values are (R + X * 2^E) / 10^D with a whole X.
double packing_step_of(const EccodesHandle& handle) {
    const auto binary = handle.find_integer("binaryScaleFactor");
    const auto decimal = handle.find_integer("decimalScaleFactor");
    if (!binary || !decimal) return 0;
    return std::ldexp(1.0, static_cast<int>(*binary)) * std::pow(10.0, -static_cast<double>(*decimal));
}

}  // namespace

Message read_metadata(const EccodesHandle& handle) {
    Message message;
    message.parameter = {.discipline = static_cast<int>(handle.integer("discipline")),
                         .category = static_cast<int>(handle.integer("parameterCategory")),
                         .number = static_cast<int>(handle.integer("parameterNumber"))};
    message.centre = handle.text("centre");
    message.level = level_of(handle);
    message.reference_time = read_time(handle, {"year", "month", "day", "hour", "minute", "second"});
    message.validity = validity_of(handle, message.reference_time);
    message.product_template = static_cast<int>(handle.integer("productDefinitionTemplateNumber"));
    message.time_ranges = static_cast<int>(handle.find_integer("numberOfTimeRange").value_or(1));
    if (const auto member = handle.find_integer("perturbationNumber")) message.member = static_cast<int>(*member);
    message.grid = read_grid(handle);
    message.packing_step = packing_step_of(handle);
    message.packing_template = static_cast<int>(handle.integer("dataRepresentationTemplateNumber"));
    message.process_identifier =
        static_cast<int>(handle.find_integer("generatingProcessIdentifier").value_or(missing_code));
    message.eccodes_name = handle.text("name");
    message.eccodes_units = handle.text("units");
    return message;
}

}  // namespace gfs
