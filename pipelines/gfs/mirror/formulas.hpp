// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/weather.hpp"

namespace gfs::mirror::formula {

// What the fields of a made-up file say about a place, in GRIB's units. Rough, but with the right signs, sizes and
// dependencies: what is a share stays within its bounds, what cannot be negative is not.

float pressure(const Point& at);
float surface_pressure(const Point& at);
float temperature(const Point& at);
float skin_temperature(const Point& at);
float dew_point(const Point& at);
float humidity(const Point& at);
float specific_humidity(const Point& at);
float u(const Point& at);
float v(const Point& at);
float u_100_m(const Point& at);
float v_100_m(const Point& at);
float gust(const Point& at);
float visibility(const Point& at);
float rain_rate(const Point& at);
float is_rain(const Point& at);
float is_snow(const Point& at);
float is_freezing_rain(const Point& at);
float is_ice_pellets(const Point& at);
float snow_mass(const Point& at);
float snow_depth(const Point& at);
float ice_cover(const Point& at);
float ice_thickness(const Point& at);
float land(const Point& at);
float low_clouds(const Point& at);
float middle_clouds(const Point& at);
float high_clouds(const Point& at);
float all_clouds(const Point& at);
float precipitable_water(const Point& at);
float convective_energy(const Point& at);
float convective_inhibition(const Point& at);
float boundary_layer(const Point& at);
float sunlight_down(const Point& at);
float sunlight_up(const Point& at);
float heat_down(const Point& at);
float heat_up(const Point& at);
float latent_heat(const Point& at);
float sensible_heat(const Point& at);
float stress_u(const Point& at);
float stress_v(const Point& at);

// Not everywhere: NaN where there is no soil, or no such surface.
float soil_temperature(const Point& at);
float soil_moisture(const Point& at);
float stratosphere(const Point& at);

/// The same everywhere.
float dry_air(const Point& at);

}  // namespace gfs::mirror::formula
