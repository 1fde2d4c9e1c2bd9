// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_layers.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace gfs {

namespace {

/// A ColourStep as a constant.
struct BuiltInStep {
    std::optional<double> from;
    std::string_view label;
    std::string_view colour;
};

constexpr std::optional<double> below = std::nullopt;

constexpr std::array temperature = std::to_array<BuiltInStep>({
    {below, "below -40 °C", "#3f007d"},
    {233.15, "-40 °C", "#54278f"},
    {238.15, "-35 °C", "#6a51a3"},
    {243.15, "-30 °C", "#807dba"},
    {248.15, "-25 °C", "#9e9ac8"},
    {253.15, "-20 °C", "#08306b"},
    {258.15, "-15 °C", "#08519c"},
    {263.15, "-10 °C", "#2171b5"},
    {268.15, "-5 °C", "#6baed6"},
    {273.15, "0 °C", "#c6dbef"},
    {278.15, "5 °C", "#e5f5e0"},
    {283.15, "10 °C", "#a1d99b"},
    {288.15, "15 °C", "#ffffb2"},
    {293.15, "20 °C", "#fecc5c"},
    {298.15, "25 °C", "#fd8d3c"},
    {303.15, "30 °C", "#f03b20"},
    {308.15, "35 °C", "#bd0026"},
    {313.15, "40 °C", "#67000d"},
});

// Bounds of the Beaufort scale.
constexpr std::array speed = std::to_array<BuiltInStep>({
    {below, "0 Bft", "#ffffff"},
    {0.3, "1 Bft", "#f7fcf0"},
    {1.6, "2 Bft", "#e0f3db"},
    {3.4, "3 Bft", "#ccebc5"},
    {5.5, "4 Bft", "#a8ddb5"},
    {8.0, "5 Bft", "#7bccc4"},
    {10.8, "6 Bft", "#4eb3d3"},
    {13.9, "7 Bft", "#fed976"},
    {17.2, "8 Bft", "#feb24c"},
    {20.8, "9 Bft", "#fd8d3c"},
    {24.5, "10 Bft", "#fc4e2a"},
    {28.5, "11 Bft", "#e31a1c"},
    {32.7, "12 Bft", "#800026"},
});

constexpr std::array component = std::to_array<BuiltInStep>({
    {below, "below -20 m/s", "#053061"},
    {-20, "-20 m/s", "#2166ac"},
    {-10, "-10 m/s", "#4393c3"},
    {-5, "-5 m/s", "#92c5de"},
    {-2, "-2 m/s", "#f7f7f7"},
    {2, "2 m/s", "#f4a582"},
    {5, "5 m/s", "#d6604d"},
    {10, "10 m/s", "#b2182b"},
    {20, "20 m/s", "#67001f"},
});

constexpr std::array rain = std::to_array<BuiltInStep>({
    {below, "below 0.1 mm", ""},
    {0.1, "0.1 mm", "#deebf7"},
    {0.5, "0.5 mm", "#9ecae1"},
    {1, "1 mm", "#4292c6"},
    {2, "2 mm", "#2171b5"},
    {5, "5 mm", "#08306b"},
    {10, "10 mm", "#fed976"},
    {20, "20 mm", "#fd8d3c"},
    {50, "50 mm", "#e31a1c"},
    {100, "100 mm", "#800026"},
});

constexpr std::array pressure = std::to_array<BuiltInStep>({
    {below, "below 970 hPa", "#40004b"},
    {97000, "970 hPa", "#762a83"},
    {98000, "980 hPa", "#9970ab"},
    {99000, "990 hPa", "#c2a5cf"},
    {100000, "1000 hPa", "#e7d4e8"},
    {101000, "1010 hPa", "#f7f7f7"},
    {102000, "1020 hPa", "#d9f0d3"},
    {103000, "1030 hPa", "#a6dba0"},
    {104000, "1040 hPa", "#5aae61"},
});

constexpr std::array percentage = std::to_array<BuiltInStep>({
    {below, "below 10 %", ""},
    {10, "10 %", "#f0f0f0"},
    {25, "25 %", "#d9d9d9"},
    {50, "50 %", "#bdbdbd"},
    {75, "75 %", "#969696"},
    {90, "90 %", "#737373"},
});

struct Row {
    std::string_view standard_name;
    std::span<const BuiltInStep> palette;
};

constexpr Row rows[] = {
    {"air_temperature", temperature},
    {"dew_point_temperature", temperature},
    {"surface_temperature", temperature},
    {"wind_speed", speed},
    {"wind_speed_of_gust", speed},
    {"eastward_wind", component},
    {"northward_wind", component},
    {"precipitation_amount", rain},
    {"air_pressure_at_mean_sea_level", pressure},
    {"cloud_area_fraction", percentage},
    {"relative_humidity", percentage},
};

}  // namespace

std::vector<ColourStep> palette_for(const MapField& field, const Styles& styles) {
    for (const std::string& name : {field.variable, field.standard_name})
        if (const auto own = styles.palettes.find(name); own != styles.palettes.end()) return own->second;
    std::vector<ColourStep> palette;
    const auto row = std::ranges::find(rows, field.standard_name, &Row::standard_name);
    if (row == std::end(rows)) return palette;
    for (const BuiltInStep& step : row->palette)
        palette.push_back({.from = step.from, .label = std::string(step.label), .colour = std::string(step.colour)});
    return palette;
}

}  // namespace gfs
