// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/product.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdlib>

namespace gfs {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr seconds century = std::chrono::hours(24) * 36525;

/// Code table 4.4: the number of months in a unit without a fixed length; 0 for the others.
constexpr int months_in(int unit) {
    constexpr std::pair<int, int> units[] = {{3, 1}, {4, 12}, {5, 120}, {6, 360}, {7, 1200}};
    for (const auto& [code, months] : units)
        if (code == unit) return months;
    return 0;
}

/// Nothing where the month has no such day.
std::optional<sys_seconds> later_by_months(sys_seconds time, std::int64_t months) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const auto date = std::chrono::year_month_day(day) + std::chrono::months(months);
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + (time - day);
}

/// Nothing where the time is more than a century away: no forecast reaches so far.
std::optional<sys_seconds> later(sys_seconds time, std::int64_t count, int unit) {
    const int months = months_in(unit);
    const seconds length = months == 0 ? unit_length(unit) : std::chrono::months(months);
    if (std::abs(count) > century / length) return std::nullopt;
    return months == 0 ? std::optional(time + count * length) : later_by_months(time, count * months);
}

[[noreturn]] void reject(const StatedTime& stated) {
    const std::string start = fmt::format("its forecast time of {} (unit {}) from {:%Y-%m-%dT%H:%M}",
                                          stated.forecast_time, stated.unit, stated.reference_time);
    if (!stated.interval) throw freshet::Error(fmt::format("{} is more than a century", start));
    throw freshet::Error(
        fmt::format("{} and its length of {} (unit {}) make no interval that ends at {:%Y-%m-%dT%H:%M}", start,
                    stated.interval->length, stated.interval->unit, stated.interval->end));
}

/// The beginning that an interval has by its forecast time and its length. Only the length of a single time range is
/// that of the interval.
std::optional<sys_seconds> begin_of(const StatedInterval& interval, std::optional<sys_seconds> forecast_time) {
    if (interval.length == 0 || interval.range_count != 1) return forecast_time;
    const auto length = static_cast<std::int64_t>(interval.length);
    if (forecast_time && later(*forecast_time, length, interval.unit) == interval.end) return forecast_time;
    return later(interval.end, -length, interval.unit);
}

}  // namespace

Validity validity_of(const StatedTime& stated) {
    std::optional<sys_seconds> begin = later(stated.reference_time, stated.forecast_time, stated.unit);
    if (stated.interval) begin = begin_of(*stated.interval, begin);
    if (!begin || (stated.interval && *begin > stated.interval->end)) reject(stated);
    if (!stated.interval) return {.begin = *begin, .end = *begin, .process = {}};
    return {.begin = *begin, .end = stated.interval->end, .process = stated.interval->process};
}

}  // namespace gfs
