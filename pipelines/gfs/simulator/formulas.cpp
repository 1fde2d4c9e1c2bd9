// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/formulas.hpp"

#include <algorithm>
#include <cmath>

namespace gfs::simulator::formula {
namespace {

constexpr float freezing = 273.15F;
constexpr float stefan_boltzmann = 5.67e-8F;
constexpr float least_rain = 0.05F;  // kg m-2 in an hour; less is called dry

float clamp_to_unit(float value) { return std::clamp(value, 0.0F, 1.0F); }

float speed(const Point& at) { return std::sqrt(at.u * at.u + at.v * at.v); }

float vapour_pressure(const Point& at) {
    const float saturated = 611.2F * std::exp(17.67F * (at.temperature - freezing) / (at.temperature - 29.65F));
    return at.humidity / 100 * saturated;
}

/// 1 when it rains at a temperature of this span.
float precipitates_between(const Point& at, float low, float high) {
    return at.rain > least_rain && at.temperature >= low && at.temperature < high ? 1.0F : 0.0F;
}

float fourth_power(float x) { return x * x * x * x; }

float albedo(const Point& at) { return at.temperature < freezing - 6 ? 0.6F : 0.07F + 0.13F * at.land; }

}  // namespace

float pressure(const Point& at) { return at.pressure; }
float surface_pressure(const Point& at) { return at.pressure * std::exp(-at.height / (29.27F * at.temperature)); }
float temperature(const Point& at) { return at.temperature; }
float skin_temperature(const Point& at) {
    return at.temperature + at.land * (9 * at.sun - 1.5F) + (1 - at.land) * 0.8F;
}
float dew_point(const Point& at) { return at.temperature - (100 - at.humidity) / 5; }
float humidity(const Point& at) { return at.humidity; }

float specific_humidity(const Point& at) {
    const float vapour = vapour_pressure(at);
    return 0.622F * vapour / (surface_pressure(at) - 0.378F * vapour);
}

float u(const Point& at) { return at.u; }
float v(const Point& at) { return at.v; }
float u_100_m(const Point& at) { return at.u * (1.15F + 0.25F * at.land); }
float v_100_m(const Point& at) { return at.v * (1.15F + 0.25F * at.land); }
float gust(const Point& at) { return speed(at) * (1.25F + 0.2F * at.land) + 0.8F * at.rain; }
float visibility(const Point& at) {
    const float fog = clamp_to_unit((at.humidity - 92) / 8) * (1 - clamp_to_unit(speed(at) / 8));
    return std::min(24100.0F, 30000 * std::exp(-0.5F * at.rain - 4 * fog));
}

float rain_rate(const Point& at) { return at.rain / 3600; }
float is_snow(const Point& at) { return precipitates_between(at, 0, freezing - 1); }
float is_freezing_rain(const Point& at) { return precipitates_between(at, freezing - 1, freezing); }
float is_ice_pellets(const Point& at) { return precipitates_between(at, freezing, freezing + 0.7F); }
float is_rain(const Point& at) { return precipitates_between(at, freezing + 0.7F, 400); }

float snow_water_equivalent(const Point& at) { return at.land * std::max(0.0F, 4 * (freezing - 4 - at.temperature)); }
float snow_depth(const Point& at) { return snow_water_equivalent(at) / 240; }
float ice_cover(const Point& at) { return (1 - at.land) * clamp_to_unit((freezing - 5 - at.temperature) / 6); }
float ice_thickness(const Point& at) { return ice_cover(at) * 1.8F; }
float land(const Point& at) { return at.land; }

float low_cloud_cover(const Point& at) { return at.low; }
float middle_cloud_cover(const Point& at) { return at.middle; }
float high_cloud_cover(const Point& at) { return at.high; }
float total_cloud_cover(const Point& at) {
    return 100 * (1 - (1 - at.low / 100) * (1 - at.middle / 100) * (1 - at.high / 100));
}

float precipitable_water(const Point& at) { return std::min(75.0F, 0.013F * vapour_pressure(at) + at.rain); }
float cape(const Point& at) {
    return std::max(0.0F, (at.temperature - 291) * (at.humidity - 45) * (5 + 3 * at.texture));
}
float convective_inhibition(const Point& at) {
    return -std::clamp((at.temperature - 285) * (100 - at.humidity) / 5, 0.0F, 700.0F);
}
float boundary_layer_height(const Point& at) {
    return 60 + 55 * speed(at) + 1400 * at.sun * at.land + 90 * (1 - at.land);
}

float downward_shortwave_flux(const Point& at) { return 1050 * at.sun * (1 - 0.72F * total_cloud_cover(at) / 100); }
float upward_shortwave_flux(const Point& at) { return albedo(at) * downward_shortwave_flux(at); }
float downward_longwave_flux(const Point& at) {
    return (0.7F + 0.2F * total_cloud_cover(at) / 100) * stefan_boltzmann * fourth_power(at.temperature);
}
float upward_longwave_flux(const Point& at) { return 0.98F * stefan_boltzmann * fourth_power(skin_temperature(at)); }
float latent_heat_flux(const Point& at) {
    return at.land > 0 ? 3 * at.humidity * at.sun : (100 - at.humidity) * (0.6F + 0.25F * speed(at));
}
float sensible_heat_flux(const Point& at) { return 1.5F * (2 + speed(at)) * (skin_temperature(at) - at.temperature); }
float momentum_flux_u(const Point& at) { return -0.0018F * speed(at) * at.u; }
float momentum_flux_v(const Point& at) { return -0.0018F * speed(at) * at.v; }

float soil_temperature(const Point& at) { return at.land > 0 ? at.temperature + 2 * at.sun : NAN; }
float soil_moisture(const Point& at) { return at.land > 0 ? 0.1F + 0.3F * at.humidity / 100 : NAN; }
float stratosphere_temperature(const Point& at) {
    return at.temperature < 295 ? 225 + 0.2F * (at.temperature - 250) : NAN;
}
float constant_humidity(const Point&) { return 0.4F; }

}  // namespace gfs::simulator::formula
