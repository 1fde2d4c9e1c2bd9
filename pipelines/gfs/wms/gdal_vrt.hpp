// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wms/map_layers.hpp"

#include <string>

namespace gfs {

/// A raster of GDAL's VRT format that shows one time of a map: a band for each layer, taken from the NetCDF file in
/// the folder above, turned so that Greenwich is in the middle. A band that this time does not have is empty.
std::string gdal_vrt(const MapTime& time, const std::vector<MapLayer>& layers);

}  // namespace gfs
