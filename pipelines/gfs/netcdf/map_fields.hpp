// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace gfs {

/// Equally spaced values along one side of a grid, in the file's order.
struct RegularAxis {
    double first = 0;
    double step = 0;  ///< negative where the values descend
    std::size_t count = 0;

    friend bool operator==(const RegularAxis&, const RegularAxis&) = default;
};

/// A variable with one field over latitude and longitude: a single level at a single time.
struct MapField {
    std::string variable;
    std::string standard_name;  ///< empty where it has none
    std::string long_name;
    std::string units;

    friend bool operator==(const MapField&, const MapField&) = default;
};

/// The fields of a NetCDF file that can be drawn as maps.
struct MapFields {
    RegularAxis latitude;
    RegularAxis longitude;
    std::vector<MapField> fields;  ///< empty where the grid is not a regular one of latitudes and longitudes
};

/// Lists the map fields of a file; of its data only the two coordinates are read. Throws freshet::Error, naming the
/// file, when it cannot be read.
MapFields read_map_fields(const std::filesystem::path& netcdf);

}  // namespace gfs
