// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/grid.hpp"

#include <netcdf>

#include <string>
#include <vector>

namespace gfs {

/// The two horizontal dimensions of a file, rows first, and what variables on them name in `coordinates`.
struct HorizontalDimensions {
    netCDF::NcDim rows;
    netCDF::NcDim columns;
    std::vector<std::string> auxiliary;
};

/// Defines the dimensions, their coordinates and the grid mapping "crs": degrees, or metres on a map with latitudes and
/// longitudes of every point beside them.
HorizontalDimensions define_horizontal_coordinates(netCDF::NcFile& file, const Grid& grid);

/// The values of one coordinate variable.
struct CoordinateValues {
    std::string name;
    std::vector<double> values;
};

/// Those of the horizontal coordinates: of rows, of columns, or also of every point of a map.
std::vector<CoordinateValues> horizontal_coordinate_values(const Grid& grid);

/// Writes the values of the coordinates, once definitions are complete.
void write_horizontal_coordinates(netCDF::NcFile& file, const Grid& grid);

/// Says in the file's attributes where it lies.
void put_geospatial_extent(netCDF::NcFile& file, const Grid& grid);

}  // namespace gfs
