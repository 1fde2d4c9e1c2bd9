// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace gfs {

/// Equally spaced values along one side of a grid, in degrees and in the file's order: `first` + i * `step`.
struct RegularAxis {
    double first = 0;
    double step = 0;        ///< negative where the values descend
    std::size_t count = 0;  ///< at least 2 where the file has map fields

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

/// The fields of a lead that can be drawn as maps.
struct MapFields {
    RegularAxis latitude;
    RegularAxis longitude;
    std::vector<MapField> fields;  ///< by name; empty where the grid is not a regular one of latitudes and longitudes
};

/// Lists the map fields that each lead of a cycle has, by the names of the leads' files: the variables of the cycle's
/// file over time, latitude and longitude alone, in this order. Coordinates may lie a hundredth of a step off a regular
/// grid, because files round them. Reads the cycle's file, and of it no data but the two coordinates: no lead is
/// opened. Throws freshet::Error, naming the file, when it cannot be read. Not thread-safe, as the NetCDF library is
/// not: WriteMap calls it in a process of its own.
std::map<std::string, MapFields> read_map_fields(const std::filesystem::path& cycle_file);

}  // namespace gfs
