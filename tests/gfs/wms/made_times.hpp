// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wms/map_layers.hpp"

namespace gfs::test {

/// Two leads of a 5 degree grid: temperature and wind in both, rain in the second, and something maps are not made of.
inline std::vector<MapTime> made_times() {
    const PlaneFields plane{.latitude = {90, -5, 37}, .longitude = {0, 5, 72}, .fields = {}};
    const PlaneField u{"eastward_wind_10m", "eastward_wind", "u-component of wind", "m s-1"};
    const PlaneField v{"northward_wind_10m", "northward_wind", "v-component of wind", "m s-1"};
    const PlaneField t{"air_temperature_2m", "air_temperature", "temperature", "K"};
    const PlaneField rain{"precipitation_amount_surface_bucket", "precipitation_amount", "total precipitation", "kg m-2"};
    const PlaneField other{"vegetation_surface", "vegetation_area_fraction", "vegetation", "%"};
    std::vector<MapTime> times{{"2026-08-21T06:00:00Z", "a.f000.nc", plane}, {"2026-08-21T07:00:00Z", "a.f001.nc", plane}};
    times[0].content.fields = {u, v, t, other};
    times[1].content.fields = {u, v, t, other, rain};
    return times;
}

}  // namespace gfs::test
