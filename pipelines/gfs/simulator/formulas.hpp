// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/synthetic_weather.hpp"

namespace gfs::simulator::formula {

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
float snow_water_equivalent(const Point& at);
float snow_depth(const Point& at);
float ice_cover(const Point& at);
float ice_thickness(const Point& at);
float land(const Point& at);
float low_cloud_cover(const Point& at);
float middle_cloud_cover(const Point& at);
float high_cloud_cover(const Point& at);
float total_cloud_cover(const Point& at);
float precipitable_water(const Point& at);
float cape(const Point& at);
float convective_inhibition(const Point& at);
float boundary_layer_height(const Point& at);
float downward_shortwave_flux(const Point& at);
float upward_shortwave_flux(const Point& at);
float downward_longwave_flux(const Point& at);
float upward_longwave_flux(const Point& at);
float latent_heat_flux(const Point& at);
float sensible_heat_flux(const Point& at);
float momentum_flux_u(const Point& at);
float momentum_flux_v(const Point& at);

// Not everywhere: NaN where there is no soil, or no such surface.
float soil_temperature(const Point& at);
float soil_moisture(const Point& at);
float stratosphere_temperature(const Point& at);

/// The same everywhere.
float constant_humidity(const Point& at);

}  // namespace gfs::simulator::formula
