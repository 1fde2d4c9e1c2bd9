// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace gfs {

/// Equally spaced values along one side of a grid, as they lie in the file.
struct RegularAxis {
    double first = 0;
    double step = 0;  ///< negative where the values descend
    std::size_t count = 0;

    friend bool operator==(const RegularAxis&, const RegularAxis&) = default;
};

/// A variable that is one field over latitude and longitude: a single level at a single time.
struct MapField {
    std::string variable;
    std::string standard_name;  ///< empty where it has none
    std::string long_name;
    std::string units;

    friend bool operator==(const MapField&, const MapField&) = default;
};

/// What of a NetCDF file a map can be drawn of.
struct MapFields {
    RegularAxis latitude;
    RegularAxis longitude;
    std::vector<MapField> fields;  ///< none where the grid is not a regular one of latitudes and longitudes
};

/// Reads no data but the two coordinates. Throws freshet::Error, naming the file, when it cannot be read.
MapFields read_map_fields(const std::filesystem::path& netcdf);

}  // namespace gfs
