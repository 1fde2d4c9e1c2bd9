// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/grid.hpp"

#include <netcdf>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gfs {

/// Writes text attributes of a variable; empty texts are left out.
inline void put_text_attributes(netCDF::NcVar variable,
                                std::initializer_list<std::pair<const char*, std::string_view>> attributes) {
    for (const auto& [name, text] : attributes) {
        if (!text.empty()) variable.putAtt(name, std::string(text));
    }
}

/// The two horizontal dimensions of a file, and the auxiliary coordinates for `coordinates` attributes of variables on
/// them.
struct HorizontalDimensions {
    netCDF::NcDim rows;
    netCDF::NcDim columns;
    std::vector<std::string> auxiliary;
};

/// The names of the dimensions of rows and of columns: "latitude" and "longitude", "y" and "x" on a map, "rlat" and
/// "rlon" where they are those of a rotated globe.
std::pair<std::string, std::string> horizontal_dimension_names(const Grid& grid);

/// Defines the dimensions, their coordinates and the grid mapping "crs": degrees, or metres on a map with latitudes and
/// longitudes of every point beside them.
HorizontalDimensions define_horizontal_coordinates(netCDF::NcFile& file, const Grid& grid);

/// The values of one coordinate variable.
struct CoordinateValues {
    std::string name;
    std::vector<double> values;
};

/// The values of all horizontal coordinates: latitudes and longitudes of rows and columns, or those of every point and
/// the map's own. Those of points are rounded to floats, by less than a metre.
std::vector<CoordinateValues> horizontal_coordinate_values(const Grid& grid);

/// Writes the values of the coordinates. Requires that definitions are complete.
void write_horizontal_coordinates(netCDF::NcFile& file, const std::vector<CoordinateValues>& coordinates);

/// Writes ACDD's geospatial attributes of the file.
void put_geospatial_extent(netCDF::NcFile& file, const std::vector<CoordinateValues>& coordinates);

}  // namespace gfs
