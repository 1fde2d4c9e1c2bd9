// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wms/map_layers.hpp"

#include <string>

namespace gfs {

/// Returns a GDAL virtual raster (VRT) of one time of a map: a band for each layer, read from the NetCDF file in the
/// parent folder, with Greenwich in the middle. The band of a missing field is empty.
std::string gdal_vrt(const MapTime& time, const std::vector<MapLayer>& layers);

}  // namespace gfs
