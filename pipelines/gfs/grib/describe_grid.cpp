// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/metadata.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gfs {

namespace {

// Code table 3.2: the figures that are fixed by their number.
struct FixedEarth {
    long code;
    Earth earth;
};
constexpr FixedEarth fixed_earths[] = {
    {0, {6367470, 6367470}}, {2, {6378160, 6356775}}, {4, {6378137, 6356752.314}},    {5, {6378137, 6356752.3142}},
    {6, {6371229, 6371229}}, {8, {6371200, 6371200}}, {9, {6377563.396, 6356256.909}}};

double scaled(const EccodesHandle& handle, const char* factor, const char* value) {
    return static_cast<double>(handle.integer(value)) / std::pow(10.0, static_cast<double>(handle.integer(factor)));
}

Earth earth_of(const EccodesHandle& handle) {
    const long shape = handle.integer("shapeOfTheEarth");
    for (const FixedEarth& fixed : fixed_earths) {
        if (fixed.code == shape) return fixed.earth;
    }
    if (shape == 1) {
        const double radius =
            scaled(handle, "scaleFactorOfRadiusOfSphericalEarth", "scaledValueOfRadiusOfSphericalEarth");
        return {.semi_major = radius, .semi_minor = radius};
    }
    if (shape != 3 && shape != 7)
        throw freshet::Error(fmt::format("its shape of the Earth is {}, which is not known", shape));
    const double metres = shape == 3 ? 1000 : 1;  // 3 gives kilometres
    return {.semi_major = metres * scaled(handle, "scaleFactorOfEarthMajorAxis", "scaledValueOfEarthMajorAxis"),
            .semi_minor = metres * scaled(handle, "scaleFactorOfEarthMinorAxis", "scaledValueOfEarthMinorAxis")};
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
            throw freshet::Error(fmt::format("its grid has template 3.{}, which is not understood", number));
    }
}

int point_count(const EccodesHandle& handle, const char* key) {
    const std::optional<long> points = handle.find_integer(key);
    if (!points) throw freshet::Error("the rows of its grid differ in length, which is not understood");
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

}  // namespace gfs
