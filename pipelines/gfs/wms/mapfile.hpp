// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wms/map_layers.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// What a mapfile says of itself and of where its rasters are.
struct MapHeader {
    std::string name;  ///< the dataset
    std::string title;
    std::string rasters;  ///< their folder, from the mapfile's
};

/// The file's name of the raster for a time of a map.
std::string raster_name(const MapTime& time);

/// Lies beside the rasters; the mapfile includes it.
inline constexpr std::string_view map_layers_file = "layers.map";

/// A MapServer mapfile: all but the layers.
std::string mapfile(const MapHeader& header);

/// A layer for each of `layers`, and one of arrows for each pair of wind components, at all times; by default WMS shows
/// the first.
std::string mapfile_layers(const std::vector<MapTime>& times, const std::vector<MapLayer>& layers);

}  // namespace gfs
