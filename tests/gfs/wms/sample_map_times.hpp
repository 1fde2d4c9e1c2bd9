// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wms/map_layers.hpp"

namespace gfs::test {

/// Two leads of a 5 degree grid: temperature and wind in both, rain in the second, and a variable without a palette.
inline std::vector<MapTime> sample_map_times() {
    const MapFields map_fields{.latitude = {90, -5, 37}, .longitude = {0, 5, 72}, .fields = {}};
    const MapField u{"eastward_wind_10m", "eastward_wind", "u-component of wind", "m s-1"};
    const MapField v{"northward_wind_10m", "northward_wind", "v-component of wind", "m s-1"};
    const MapField t{"air_temperature_2m", "air_temperature", "temperature", "K"};
    const MapField rain{"precipitation_amount_surface_bucket", "precipitation_amount", "total precipitation", "kg m-2"};
    const MapField other{"vegetation_surface", "vegetation_area_fraction", "vegetation", "%"};
    std::vector<MapTime> times{{"2026-08-21T06:00:00Z", "a.f000.nc", map_fields},
                               {"2026-08-21T07:00:00Z", "a.f001.nc", map_fields}};
    times[0].content.fields = {u, v, t, other};
    times[1].content.fields = {u, v, t, other, rain};
    return times;
}

}  // namespace gfs::test
