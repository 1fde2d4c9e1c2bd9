// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/horizontal_coordinates.hpp"

#include "grib/projection.hpp"

#include <algorithm>
#include <cmath>

namespace gfs {

namespace {

void put_earth(netCDF::NcVar& crs, const Earth& earth) {
    if (earth.semi_major == earth.semi_minor) {
        crs.putAtt("earth_radius", netCDF::ncDouble, earth.semi_major);
    } else {
        crs.putAtt("semi_major_axis", netCDF::ncDouble, earth.semi_major);
        crs.putAtt("semi_minor_axis", netCDF::ncDouble, earth.semi_minor);
    }
}

HorizontalDimensions define_latitude_longitude(netCDF::NcFile& file, const Grid& grid) {
    const HorizontalDimensions result{.rows = file.addDim("latitude", static_cast<std::size_t>(grid.rows)),
                                      .columns = file.addDim("longitude", static_cast<std::size_t>(grid.columns)),
                                      .auxiliary = {}};
    put_text_attributes(
        file.addVar("latitude", netCDF::ncDouble, result.rows),
        {{"standard_name", "latitude"}, {"long_name", "latitude"}, {"units", "degrees_north"}, {"axis", "Y"}});
    put_text_attributes(
        file.addVar("longitude", netCDF::ncDouble, result.columns),
        {{"standard_name", "longitude"}, {"long_name", "longitude"}, {"units", "degrees_east"}, {"axis", "X"}});
    file.getVar("crs").putAtt("grid_mapping_name", "latitude_longitude");
    return result;
}

void put_numbers(netCDF::NcVar& crs, std::initializer_list<std::pair<const char*, double>> attributes) {
    for (const auto& [name, value] : attributes) crs.putAtt(name, netCDF::ncDouble, value);
}

void put_projection(netCDF::NcVar crs, const Grid& grid) {
    const Projection& projection = grid.projection;
    if (grid.kind == GridKind::polar_stereographic) {
        const double side = projection.is_south ? -1 : 1;
        crs.putAtt("grid_mapping_name", "polar_stereographic");
        put_numbers(crs, {{"straight_vertical_longitude_from_pole", projection.central_longitude},
                          {"latitude_of_projection_origin", side * 90},
                          {"standard_parallel", side * std::abs(projection.true_latitude)}});
    } else if (grid.kind == GridKind::mercator) {
        crs.putAtt("grid_mapping_name", "mercator");
        put_numbers(crs, {{"longitude_of_projection_origin", projection.central_longitude},
                          {"standard_parallel", projection.true_latitude}});
    } else {
        std::vector<double> parallels{projection.first_parallel, projection.second_parallel};
        parallels.erase(std::unique(parallels.begin(), parallels.end()), parallels.end());
        crs.putAtt("grid_mapping_name", "lambert_conformal_conic");
        crs.putAtt("standard_parallel", netCDF::ncDouble, parallels.size(), parallels.data());
        put_numbers(crs, {{"longitude_of_central_meridian", projection.central_longitude},
                          {"latitude_of_projection_origin", projection.true_latitude}});
    }
    put_numbers(crs, {{"false_easting", 0}, {"false_northing", 0}});
}

void define_auxiliary(netCDF::NcFile& file, const char* name, const char* units,
                      const std::vector<netCDF::NcDim>& dims) {
    netCDF::NcVar variable = file.addVar(name, netCDF::ncFloat, dims);
    constexpr int deflate_level = 6;  // a sixth smaller than at level 1
    variable.setCompression(true, true, deflate_level);
    put_text_attributes(variable, {{"standard_name", name}, {"long_name", name}, {"units", units}});
}

void put_rotation(netCDF::NcVar crs, const Grid& grid) {
    crs.putAtt("grid_mapping_name", "rotated_latitude_longitude");
    const double longitude = std::remainder(grid.projection.pole_longitude, 360);
    put_numbers(crs, {{"grid_north_pole_latitude", grid.projection.pole_latitude},
                      {"grid_north_pole_longitude", longitude},
                      {"north_pole_grid_longitude", 0}});
}

HorizontalDimensions define_projected(netCDF::NcFile& file, const Grid& grid) {
    const auto [row_name, column_name] = horizontal_dimension_names(grid);
    const bool is_rotated = grid.kind == GridKind::rotated;
    const HorizontalDimensions result{.rows = file.addDim(row_name, static_cast<std::size_t>(grid.rows)),
                                      .columns = file.addDim(column_name, static_cast<std::size_t>(grid.columns)),
                                      .auxiliary = {"latitude", "longitude"}};
    put_text_attributes(file.addVar(row_name, netCDF::ncDouble, result.rows),
                        {{"standard_name", is_rotated ? "grid_latitude" : "projection_y_coordinate"},
                         {"long_name", is_rotated ? "latitude on the rotated globe" : "y on the map"},
                         {"units", is_rotated ? "degrees" : "m"},
                         {"axis", "Y"}});
    put_text_attributes(file.addVar(column_name, netCDF::ncDouble, result.columns),
                        {{"standard_name", is_rotated ? "grid_longitude" : "projection_x_coordinate"},
                         {"long_name", is_rotated ? "longitude on the rotated globe" : "x on the map"},
                         {"units", is_rotated ? "degrees" : "m"},
                         {"axis", "X"}});
    define_auxiliary(file, "latitude", "degrees_north", {result.rows, result.columns});
    define_auxiliary(file, "longitude", "degrees_east", {result.rows, result.columns});
    is_rotated ? put_rotation(file.getVar("crs"), grid) : put_projection(file.getVar("crs"), grid);
    return result;
}

/// A multiple of 2^-17 degrees, of 2^-16 from 128 degrees on, which a float holds: at most 0.85 m away, and its last
/// bits are zeros, which deflate removes.
double rounded_degrees(double value) {
    const double unit = 1.0 / (std::abs(value) < 128 ? 1 << 17 : 1 << 16);
    return std::round(value / unit) * unit;
}

/// Latitudes and longitudes: of rows and columns, or of every point of a map.
struct GeographicCoordinates {
    std::vector<double> latitudes;
    std::vector<double> longitudes;
};

GeographicCoordinates geographic_coordinates(const Grid& grid) {
    if (!is_projected(grid)) return {.latitudes = latitudes(grid), .longitudes = longitudes(grid)};
    GeographicCoordinates degrees;
    for (const Position& position : positions(grid)) {
        degrees.latitudes.push_back(rounded_degrees(position.latitude));
        degrees.longitudes.push_back(rounded_degrees(position.longitude));
    }
    return degrees;
}

const std::vector<double>& values_of(const std::vector<CoordinateValues>& coordinates, std::string_view name) {
    return std::ranges::find(coordinates, name, &CoordinateValues::name)->values;
}

}  // namespace

std::pair<std::string, std::string> horizontal_dimension_names(const Grid& grid) {
    if (grid.kind == GridKind::rotated) return {"rlat", "rlon"};
    return is_projected(grid) ? std::pair("y", "x") : std::pair("latitude", "longitude");
}

HorizontalDimensions define_horizontal_coordinates(netCDF::NcFile& file, const Grid& grid) {
    netCDF::NcVar crs = file.addVar("crs", netCDF::ncInt);
    crs.putAtt("long_name", "coordinate reference system");
    put_earth(crs, grid.earth);
    return is_projected(grid) ? define_projected(file, grid) : define_latitude_longitude(file, grid);
}

std::vector<CoordinateValues> horizontal_coordinate_values(const Grid& grid) {
    GeographicCoordinates degrees = geographic_coordinates(grid);
    std::vector<CoordinateValues> all{{"latitude", std::move(degrees.latitudes)},
                                      {"longitude", std::move(degrees.longitudes)}};
    if (!is_projected(grid)) return all;
    const auto [row_name, column_name] = horizontal_dimension_names(grid);
    all.insert(all.end(), {{row_name, projection_y_coordinates(grid)}, {column_name, projection_x_coordinates(grid)}});
    return all;
}

void write_horizontal_coordinates(netCDF::NcFile& file, const std::vector<CoordinateValues>& coordinates) {
    file.getVar("crs").putVar(std::vector<int>{0}.data());
    for (const CoordinateValues& each : coordinates) file.getVar(each.name).putVar(each.values.data());
}

void put_geospatial_extent(netCDF::NcFile& file, const std::vector<CoordinateValues>& coordinates) {
    const auto [south, north] = std::ranges::minmax(values_of(coordinates, "latitude"));
    const auto [west, east] = std::ranges::minmax(values_of(coordinates, "longitude"));
    file.putAtt("geospatial_lat_min", netCDF::ncDouble, south);
    file.putAtt("geospatial_lat_max", netCDF::ncDouble, north);
    file.putAtt("geospatial_lat_units", "degrees_north");
    file.putAtt("geospatial_lon_min", netCDF::ncDouble, west);
    file.putAtt("geospatial_lon_max", netCDF::ncDouble, east);
    file.putAtt("geospatial_lon_units", "degrees_east");
}

}  // namespace gfs
