// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wms/map_layers.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

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

/// Returns the layers of a mapfile at all times: one for each of `layers`, and one of arrows for each pair of wind
/// components. The first time is the WMS default.
std::string mapfile_layers(const std::vector<MapTime>& times, const std::vector<MapLayer>& layers);

}  // namespace gfs
