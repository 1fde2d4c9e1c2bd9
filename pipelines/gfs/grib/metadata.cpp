// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/eccodes_handle.hpp"
#include "grib/product.hpp"
#include "grib/projection.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>
#include <utility>

namespace gfs {

namespace {

// Packed values are (R + X * 2^E) / 10^D with a whole X. The other templates of code table 5.0 hold floating-point
// numbers, logarithms or run lengths.
double packing_step_of(Octets section) {
    constexpr std::uint64_t templates[] = {0, 1, 2, 3, 40, 41, 42, 50, 51, 53};
    if (std::ranges::find(templates, number_at(section, 10, 2)) == std::end(templates)) return 0;
    const auto binary = static_cast<int>(signed_number_at(section, 16, 2));
    const auto decimal = static_cast<double>(signed_number_at(section, 18, 2));
    return std::ldexp(1.0, binary) * std::pow(10.0, -decimal);
}

// Code table 3.2: the codes that imply the axes, in metres.
struct FixedEarth {
    long code;
    Earth earth;
};
constexpr FixedEarth fixed_earths[] = {
    {0, {6367470, 6367470}}, {2, {6378160, 6356775}}, {4, {6378137, 6356752.314}},    {5, {6378137, 6356752.3142}},
    {6, {6371229, 6371229}}, {8, {6371200, 6371200}}, {9, {6377563.396, 6356256.909}}};

/// Five octets of section 3: scale factor and scaled value.
double scaled_length(Octets section, std::size_t first) {
    return ScaledNumber{.scale = static_cast<int>(signed_number_at(section, first, 1)),
                        .value = static_cast<std::int64_t>(number_at(section, first + 1, 4))}
        .number();
}

/// The radius or the axis in metres. Some messages give kilometres where the code says metres, and the reverse; no
/// number can be meant as both.
double axis_in_metres(double number) {
    constexpr double most_kilometres = 10'000;
    return number < most_kilometres ? number * 1000 : number;
}

/// The shape of the Earth lies at the same octets in all templates.
Earth earth_of(Octets section) {
    const auto shape = static_cast<long>(number_at(section, 15, 1));
    for (const FixedEarth& fixed : fixed_earths) {
        if (fixed.code == shape) return fixed.earth;
    }
    if (shape == 1) {
        const double radius = axis_in_metres(scaled_length(section, 16));
        return {.semi_major = radius, .semi_minor = radius};
    }
    if (shape != 3 && shape != 7)
        throw freshet::Error(fmt::format("its shape of the Earth is {}, which is not supported", shape));
    return {.semi_major = axis_in_metres(scaled_length(section, 21)),
            .semi_minor = axis_in_metres(scaled_length(section, 26))};
}

constexpr std::uint64_t arakawa_staggered = 32768, arakawa = 32769;  // NCEP's own templates

GridKind grid_kind(std::uint64_t number) {
    switch (number) {
        case 0:
            return GridKind::latitude_longitude;
        case 1:
        case arakawa:
            return GridKind::rotated;
        case 10:
            return GridKind::mercator;
        case 20:
            return GridKind::polar_stereographic;
        case 30:
            return GridKind::lambert;
        case 40:
            return GridKind::gaussian;
        case arakawa_staggered:
            throw freshet::Error(
                "its grid is NCEP's staggered E grid (template 3.32768), whose rows are shifted by half "
                "a step; it is not supported");
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
    } else if (kind == GridKind::mercator) {
        if (handle.number("orientationOfTheGridInDegrees") != 0)
            throw freshet::Error("its Mercator map is turned, which is not supported");
        projection.central_longitude = handle.number("longitudeOfFirstGridPointInDegrees");
    } else {
        constexpr long south_pole = 0x80;
        projection.central_longitude = handle.number("orientationOfTheGridInDegrees");
        projection.is_south = (handle.integer("projectionCentreFlag") & south_pole) != 0;
    }
    return projection;
}

Projection rotation_of(const EccodesHandle& handle) {
    if (handle.number("angleOfRotationInDegrees") != 0)
        throw freshet::Error("its rotated grid is turned about its pole, which is not supported");
    return {.pole_latitude = -handle.number("latitudeOfSouthernPoleInDegrees"),
            .pole_longitude = handle.number("longitudeOfSouthernPoleInDegrees") + 180};
}

/// Angles of NCEP's templates are in millionths of a degree.
double degrees_at(Octets section, std::size_t first) {
    return static_cast<double>(signed_number_at(section, first, 4)) / 1e6;
}

/// NCEP's rotated grid by the geographic positions of its centre, where the rotated equator crosses the rotated
/// meridian of 0, and of its first and last points.
void read_arakawa(Octets section, Grid& grid) {
    grid.projection.pole_latitude = 90 - degrees_at(section, 56);
    grid.projection.pole_longitude = degrees_at(section, 60) + 180;
    const RotatedGlobe globe({grid.projection.pole_latitude, grid.projection.pole_longitude});
    const Position first = globe.to_rotated({degrees_at(section, 47), degrees_at(section, 51)});
    const Position last = globe.to_rotated({degrees_at(section, 73), degrees_at(section, 77)});
    grid.columns = static_cast<int>(number_at(section, 31, 4));
    grid.rows = static_cast<int>(number_at(section, 35, 4));
    std::tie(grid.first_latitude, grid.first_longitude) = std::pair(first.latitude, first.longitude);
    std::tie(grid.last_latitude, grid.last_longitude) = std::pair(last.latitude, last.longitude);
}

/// Flag tables 3.3 and 3.4.
void read_flags(std::uint64_t components, std::uint64_t scanning, Grid& grid) {
    grid.winds_follow_grid = (components & 8U) != 0;
    grid.goes_west = (scanning & 128U) != 0;
    grid.goes_north = (scanning & 64U) != 0;
    grid.column_major = (scanning & 32U) != 0;
    grid.rows_alternate = (scanning & 16U) != 0;
}

Grid grid_of(const EccodesHandle& handle) {
    const Octets section = section_of(handle.bytes(), 3);
    const std::uint64_t number = number_at(section, 13, 2);
    Grid grid{.kind = grid_kind(number), .earth = earth_of(section)};
    if (number == arakawa) {
        read_flags(number_at(section, 55, 1), number_at(section, 72, 1), grid);
        read_arakawa(section, grid);
        return grid;
    }
    read_flags(static_cast<std::uint64_t>(handle.integer("resolutionAndComponentFlags")),
               static_cast<std::uint64_t>(handle.integer("scanningMode")), grid);
    grid.first_latitude = handle.number("latitudeOfFirstGridPointInDegrees");
    grid.first_longitude = handle.number("longitudeOfFirstGridPointInDegrees");
    const bool is_map = is_projected(grid) && grid.kind != GridKind::rotated;
    grid.columns = point_count(handle, is_map ? "Nx" : "Ni");
    grid.rows = point_count(handle, is_map ? "Ny" : "Nj");
    if (is_map) {
        grid.projection = projection_of(handle, grid.kind);
    } else {
        grid.last_latitude = handle.number("latitudeOfLastGridPointInDegrees");
        grid.last_longitude = handle.number("longitudeOfLastGridPointInDegrees");
    }
    if (grid.kind == GridKind::rotated) grid.projection = rotation_of(handle);
    if (grid.kind == GridKind::gaussian) grid.gaussian_number = static_cast<int>(handle.integer("N"));
    return grid;
}

}  // namespace

SharedMetadata read_shared_metadata(const EccodesHandle& handle) {
    return {
        .centre = handle.text("centre"), .centre_name = handle.find_text("centreDescription"), .grid = grid_of(handle)};
}

Message read_metadata(Octets message, const SharedMetadata& shared) {
    const Octets identification = section_of(message, 1), packing = section_of(message, 5);
    Message metadata;
    metadata.centre = shared.centre;
    metadata.centre_name = shared.centre_name;
    metadata.grid = shared.grid;
    metadata.subcentre = static_cast<int>(number_at(identification, 8, 2));
    metadata.reference_time = time_at(identification, 13);
    const ProductDefinition product = read_product_definition(section_of(message, 4), metadata.reference_time);
    metadata.parameter = {.discipline = static_cast<int>(number_at(message, 7, 1)),
                          .category = product.category,
                          .number = product.number};
    metadata.level = product.level;
    metadata.validity = validity_of(product.time);
    metadata.time_ranges = product.time.interval ? product.time.interval->range_count : 1;
    metadata.traits = product.traits;
    metadata.process_identifier = product.process_identifier;
    metadata.packing_step = packing_step_of(packing);
    metadata.packing_template = static_cast<int>(number_at(packing, 10, 2));
    return metadata;
}

}  // namespace gfs
