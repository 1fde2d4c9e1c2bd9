// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/eccodes_handle.hpp"
#include "grib/stated_time.hpp"

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

sys_seconds read_time(const EccodesHandle& handle, std::array<const char*, 6> keys) {
    std::array<int, 6> part{};
    for (std::size_t i = 0; i < keys.size(); ++i) part[i] = static_cast<int>(handle.integer(keys[i]));
    const std::chrono::year_month_day date{std::chrono::year(part[0]),
                                           std::chrono::month(static_cast<unsigned>(part[1])),
                                           std::chrono::day(static_cast<unsigned>(part[2]))};
    if (!date.ok()) throw freshet::Error(fmt::format("{:04}-{:02}-{:02} is not a date", part[0], part[1], part[2]));
    return std::chrono::sys_days(date) + std::chrono::hours(part[3]) + std::chrono::minutes(part[4]) + seconds(part[5]);
}

// GRIB2 keeps the sign in the top bit; eccodes returns these keys as unsigned.
std::int64_t signed_magnitude(long value) {
    constexpr long sign_bit = 0x80000000L;
    return (value & sign_bit) != 0 ? -(value & ~sign_bit) : value;
}

std::optional<double> surface_value(const EccodesHandle& handle, const char* scale_key, const char* value_key) {
    const std::optional<long> scale = handle.find_integer(scale_key);
    const std::optional<long> value = handle.find_integer(value_key);
    if (!scale || !value) return std::nullopt;
    return ScaledNumber{.scale = static_cast<int>(*scale), .value = signed_magnitude(*value)}.number();
}

Level level_of(const EccodesHandle& handle) {
    Level level;
    level.first = {.type = static_cast<int>(handle.integer("typeOfFirstFixedSurface")),
                   .value = surface_value(handle, "scaleFactorOfFirstFixedSurface", "scaledValueOfFirstFixedSurface")};
    const long second = handle.integer("typeOfSecondFixedSurface");
    if (second != missing_code) {
        level.second = {
            .type = static_cast<int>(second),
            .value = surface_value(handle, "scaleFactorOfSecondFixedSurface", "scaledValueOfSecondFixedSurface")};
    }
    return level;
}

StatedTime stated_time_of(const EccodesHandle& handle, sys_seconds reference_time) {
    StatedTime stated{.reference_time = reference_time,
                      .unit = static_cast<int>(handle.integer("indicatorOfUnitOfTimeRange")),
                      .forecast_time = handle.integer("forecastTime")};
    if (!handle.find_integer("yearOfEndOfOverallTimeInterval")) return stated;
    stated.interval = {
        .end = read_time(handle, {"yearOfEndOfOverallTimeInterval", "monthOfEndOfOverallTimeInterval",
                                  "dayOfEndOfOverallTimeInterval", "hourOfEndOfOverallTimeInterval",
                                  "minuteOfEndOfOverallTimeInterval", "secondOfEndOfOverallTimeInterval"}),
        .process = static_cast<int>(handle.find_integer("typeOfStatisticalProcessing").value_or(missing_code)),
        .range_count = static_cast<int>(handle.find_integer("numberOfTimeRange").value_or(1)),
        .unit = static_cast<int>(handle.find_integer("indicatorOfUnitForTimeRange").value_or(missing_code)),
        .length = static_cast<std::uint64_t>(handle.find_integer("lengthOfTimeRange").value_or(0))};
    return stated;
}

// Packed values are (R + X * 2^E) / 10^D with a whole X.
double packing_step_of(const EccodesHandle& handle) {
    const auto binary = handle.find_integer("binaryScaleFactor");
    const auto decimal = handle.find_integer("decimalScaleFactor");
    if (!binary || !decimal) return 0;
    return std::ldexp(1.0, static_cast<int>(*binary)) * std::pow(10.0, -static_cast<double>(*decimal));
}

// Code table 3.2: the codes that imply the axes, in metres.
struct FixedEarth {
    long code;
    Earth earth;
};
constexpr FixedEarth fixed_earths[] = {
    {0, {6367470, 6367470}}, {2, {6378160, 6356775}}, {4, {6378137, 6356752.314}},    {5, {6378137, 6356752.3142}},
    {6, {6371229, 6371229}}, {8, {6371200, 6371200}}, {9, {6377563.396, 6356256.909}}};

double scaled_number(const EccodesHandle& handle, const char* factor, const char* value) {
    return static_cast<double>(handle.integer(value)) / std::pow(10.0, static_cast<double>(handle.integer(factor)));
}

/// The radius or the axis in metres. Some messages give kilometres where the code says metres, and the reverse; no
/// number can be meant as both.
double axis_in_metres(double number) {
    constexpr double most_kilometres = 10'000;
    return number < most_kilometres ? number * 1000 : number;
}

Earth earth_of(const EccodesHandle& handle) {
    const long shape = handle.integer("shapeOfTheEarth");
    for (const FixedEarth& fixed : fixed_earths) {
        if (fixed.code == shape) return fixed.earth;
    }
    if (shape == 1) {
        const double radius = axis_in_metres(
            scaled_number(handle, "scaleFactorOfRadiusOfSphericalEarth", "scaledValueOfRadiusOfSphericalEarth"));
        return {.semi_major = radius, .semi_minor = radius};
    }
    if (shape != 3 && shape != 7)
        throw freshet::Error(fmt::format("its shape of the Earth is {}, which is not supported", shape));
    return {.semi_major =
                axis_in_metres(scaled_number(handle, "scaleFactorOfEarthMajorAxis", "scaledValueOfEarthMajorAxis")),
            .semi_minor =
                axis_in_metres(scaled_number(handle, "scaleFactorOfEarthMinorAxis", "scaledValueOfEarthMinorAxis"))};
}

GridKind grid_kind(const EccodesHandle& handle) {
    const long number = handle.integer("gridDefinitionTemplateNumber");
    switch (number) {
        case 0:
            return GridKind::latitude_longitude;
        case 20:
            return GridKind::polar_stereographic;
        case 30:
            return GridKind::lambert;
        case 40:
            return GridKind::gaussian;
        default:
            throw freshet::Error(fmt::format("its grid has template 3.{}, which is not supported", number));
    }
}

int point_count(const EccodesHandle& handle, const char* key) {
    const std::optional<long> points = handle.find_integer(key);
    if (!points) throw freshet::Error("the rows of its grid differ in length, which is not supported");
    return static_cast<int>(*points);
}

Projection projection_of(const EccodesHandle& handle, GridKind kind) {
    Projection projection{.true_latitude = handle.number("LaDInDegrees"),
                          .dx = handle.number("DxInMetres"),
                          .dy = handle.number("DyInMetres")};
    if (kind == GridKind::lambert) {
        projection.central_longitude = handle.number("LoVInDegrees");
        projection.first_parallel = handle.number("Latin1InDegrees");
        projection.second_parallel = handle.number("Latin2InDegrees");
    } else {
        constexpr long south_pole = 0x80;
        projection.central_longitude = handle.number("orientationOfTheGridInDegrees");
        projection.is_south = (handle.integer("projectionCentreFlag") & south_pole) != 0;
    }
    return projection;
}

}  // namespace

Grid read_grid(const EccodesHandle& handle) {
    Grid grid{.kind = grid_kind(handle), .earth = earth_of(handle)};
    constexpr long along_the_grid = 8;
    grid.winds_follow_grid = (handle.integer("resolutionAndComponentFlags") & along_the_grid) != 0;
    grid.rows_alternate = handle.integer("alternativeRowScanning") != 0;
    grid.column_major = handle.integer("jPointsAreConsecutive") != 0;
    grid.goes_west = handle.integer("iScansNegatively") != 0;
    grid.goes_north = handle.integer("jScansPositively") != 0;
    grid.first_latitude = handle.number("latitudeOfFirstGridPointInDegrees");
    grid.first_longitude = handle.number("longitudeOfFirstGridPointInDegrees");
    const bool is_map = is_projected(grid);
    grid.columns = point_count(handle, is_map ? "Nx" : "Ni");
    grid.rows = point_count(handle, is_map ? "Ny" : "Nj");
    if (is_map) {
        grid.projection = projection_of(handle, grid.kind);
    } else {
        grid.last_latitude = handle.number("latitudeOfLastGridPointInDegrees");
        grid.last_longitude = handle.number("longitudeOfLastGridPointInDegrees");
    }
    if (grid.kind == GridKind::gaussian) grid.gaussian_number = static_cast<int>(handle.integer("N"));
    return grid;
}

Message read_metadata(const EccodesHandle& handle) {
    Message message;
    message.parameter = {.discipline = static_cast<int>(handle.integer("discipline")),
                         .category = static_cast<int>(handle.integer("parameterCategory")),
                         .number = static_cast<int>(handle.integer("parameterNumber"))};
    message.centre = handle.text("centre");
    message.centre_name = handle.find_text("centreDescription");
    message.subcentre = static_cast<int>(handle.find_integer("subCentre").value_or(0));
    message.level = level_of(handle);
    message.reference_time = read_time(handle, {"year", "month", "day", "hour", "minute", "second"});
    const StatedTime stated = stated_time_of(handle, message.reference_time);
    message.validity = validity_of(stated);
    message.product_template = static_cast<int>(handle.integer("productDefinitionTemplateNumber"));
    message.time_ranges = stated.interval ? stated.interval->range_count : 1;
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
