// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wms/map_layers.hpp"

#include <string>
#include <string_view>
#include <vector>

// The files with which MapServer draws maps: a mapfile, the layers that it includes, and a raster for each time.
namespace gfs {

/// Adjacent columns of the file and their position on the map.
struct ColumnRange {
    std::size_t source_column;
    std::size_t count;
    std::size_t map_column;

    friend bool operator==(const ColumnRange&, const ColumnRange&) = default;
};

/// The raster that shows a grid on a map, from west to east and north to south in degrees. A grid that reaches across
/// the date line, as a global one does, is turned: the raster covers -180 to 180 degrees, and columns that the grid
/// lacks are missing.
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
    /// The part on the globe as a mapfile has it: "west south east north".
    std::string text() const;
};

/// Computes the extent of a grid. Longitudes must ascend.
MapExtent map_extent(const RegularAxis& latitude, const RegularAxis& longitude);

/// Returns a GDAL virtual raster (VRT) of one time of a map: a band for each layer, read from the NetCDF file in the
/// parent folder. The band of a missing field is empty.
std::string gdal_vrt(const MapTime& time, const std::vector<MapLayer>& layers);

/// The name, title and raster folder of a mapfile.
struct MapHeader {
    std::string name;  ///< the dataset
    std::string title;
    std::string rasters;  ///< folder of the rasters, relative to the mapfile
};

/// Returns the file name of the raster for a time of a map.
std::string raster_name(const MapTime& time);

/// File with the layers, beside the rasters; included by the mapfile.
inline constexpr std::string_view map_layers_file = "layers.map";

/// Returns a MapServer mapfile, which includes the layers.
std::string mapfile(const MapHeader& header);

/// Returns the extent and the layers of a mapfile at all times: one layer for each of `layers`, and one of arrows for
/// each pair of wind components. A WMS request without TIME gets the newest time that all layers have, or, where there
/// is none, the layer's newest; one with a TIME that a layer does not have gets an exception.
std::string mapfile_layers(const std::vector<MapTime>& times, const std::vector<MapLayer>& layers);

}  // namespace gfs
