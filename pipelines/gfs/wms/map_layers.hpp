// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/map_fields.hpp"
#include "wms/palette.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gfs {

/// One time of a map and the fields available at it.
struct MapTime {
    std::string time;  ///< RFC 3339
    std::string file;  ///< the NetCDF file's name
    MapFields content;
};

/// A variable that is drawn in colours.
struct MapLayer {
    MapField field;
    std::vector<ColourStep> palette;
    std::vector<std::string> times;  ///< times that have the field

    friend bool operator==(const MapLayer& a, const MapLayer& b) { return a.field == b.field && a.times == b.times; }
};

/// Two layers that are also drawn as arrows, by their indexes in the list of layers.
struct WindArrows {
    std::string name;  ///< "wind_10m"
    std::size_t eastward;
    std::size_t northward;

    friend bool operator==(const WindArrows&, const WindArrows&) = default;
};

/// Returns the variables of any time that have a palette, sorted by name.
std::vector<MapLayer> map_layers(const std::vector<MapTime>& times);

/// Returns the pairs eastward_wind_X and northward_wind_X among the layers.
std::vector<WindArrows> wind_arrows(const std::vector<MapLayer>& layers);

/// Adjacent columns of the file and their position on the map.
struct ColumnRange {
    std::size_t source_column;
    std::size_t count;
    std::size_t map_column;

    friend bool operator==(const ColumnRange&, const ColumnRange&) = default;
};

/// The extent of a grid on a map, from west to east and north to south in degrees. A global grid is turned to cover
/// -180 to 180 degrees without a gap.
struct MapExtent {
    double west;   ///< edge of the first column
    double north;  ///< edge of the first row
    double column_width;
    double row_height;
    std::size_t column_count;
    std::size_t row_count;
    std::vector<ColumnRange> columns;

    double east() const { return west + column_width * static_cast<double>(column_count); }
    double south() const { return north - row_height * static_cast<double>(row_count); }
};

/// Computes the extent of a grid. Longitudes must ascend.
MapExtent map_extent(const RegularAxis& latitude, const RegularAxis& longitude);

}  // namespace gfs
