// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/message.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace gfs {

namespace {

using std::chrono::seconds;

constexpr seconds minute{60}, hour{3600}, day{86400};

std::string to_text(const Surface& surface) {
    return surface.value ? fmt::format("{}:{}", surface.type, number_text(*surface.value))
                         : fmt::format("{}", surface.type);
}

std::string instant_text(seconds lead) {
    if (lead == seconds(0)) return "anl";
    if (lead % hour == seconds(0)) return fmt::format("{} hour fcst", lead / hour);
    return fmt::format("{} min fcst", lead / minute);
}

/// Code table 4.10 in wgrib2's names.
std::string process_text(int process) {
    constexpr std::string_view names[] = {"ave", "acc",    "max",   "min",        "last-first",
                                          "RMS", "StdDev", "covar", "first-last", "ratio"};
    const auto index = static_cast<std::size_t>(process);
    return index < std::size(names) ? std::string(names[index]) : fmt::format("process={}", process);
}

// Whole days are written as days: "0-1 day acc fcst".
std::string time_range_text(seconds from, seconds to) {
    for (const auto& [unit, name] : {std::pair(day, "day"), std::pair(hour, "hour"), std::pair(minute, "min")}) {
        if (from % unit == seconds(0) && to % unit == seconds(0))
            return fmt::format("{}-{} {}", from / unit, to / unit, name);
    }
    return fmt::format("{}-{} sec", from.count(), to.count());
}

}  // namespace

double ScaledNumber::number() const {
    const double magnitude = std::pow(10.0, std::abs(static_cast<double>(scale)));
    return scale >= 0 ? static_cast<double>(value) / magnitude : static_cast<double>(value) * magnitude;
}

ScaledNumber to_scaled(double number) {
    constexpr int max_scale = 9;
    int scale = 0;
    const auto scaled = [&] { return number * std::pow(10.0, scale); };
    while (scale < max_scale && std::abs(scaled() - std::round(scaled())) > 1e-6) ++scale;
    return {.scale = scale, .value = std::llround(scaled())};
}

seconds unit_length(int unit) {
    constexpr std::pair<int, seconds> units[] = {{0, minute},    {1, hour},       {2, day},        {10, 3 * hour},
                                                 {11, 6 * hour}, {12, 12 * hour}, {13, seconds(1)}};
    for (const auto& [code, length] : units) {
        if (code == unit) return length;
    }
    throw freshet::Error(fmt::format("its unit of time is {}, which has no fixed length", unit));
}

std::string number_text(double value) { return fmt::format("{}", value == 0 ? 0.0 : value); }

std::string to_text(const GribParameter& parameter) {
    return fmt::format("{}-{}-{}", parameter.discipline, parameter.category, parameter.number);
}

std::string to_text(const Level& level) {
    return level.second ? to_text(level.first) + "/" + to_text(*level.second) : to_text(level.first);
}

std::string to_text(const FieldLocation& location) {
    return fmt::format("message {} at byte {}", location.number, location.offset);
}

std::string time_text(const Validity& validity, std::chrono::sys_seconds reference_time) {
    if (!validity.process) return instant_text(validity.end - reference_time);
    return fmt::format("{} {} fcst", time_range_text(validity.begin - reference_time, validity.end - reference_time),
                       process_text(*validity.process));
}

}  // namespace gfs
