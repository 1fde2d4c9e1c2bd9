// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/map_fields.hpp"
#include "wms/palette.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gfs {

/// One time of a map, and what there is of it.
struct MapTime {
    std::string time;  ///< RFC 3339
    std::string file;  ///< the NetCDF file's name
    MapFields content;
};

/// A variable that maps show in colours.
struct MapLayer {
    MapField field;
    std::vector<ColourStep> palette;
    std::vector<std::string> times;  ///< at which there is such a field

    friend bool operator==(const MapLayer& a, const MapLayer& b) { return a.field == b.field && a.times == b.times; }
};

/// Two layers that maps show as arrows, too; positions in the list of layers.
struct WindArrows {
    std::string name;  ///< "wind_10m"
    std::size_t eastward;
    std::size_t northward;

    friend bool operator==(const WindArrows&, const WindArrows&) = default;
};

/// The variables of any of the times that there is a palette for, by name.
std::vector<MapLayer> map_layers(const std::vector<MapTime>& times);

/// The pairs eastward_wind_X and northward_wind_X among them.
std::vector<WindArrows> wind_arrows(const std::vector<MapLayer>& layers);

}  // namespace gfs
