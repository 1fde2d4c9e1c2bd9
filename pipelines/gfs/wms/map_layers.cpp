// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_layers.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace gfs {
namespace {

constexpr double full_circle = 360;
constexpr double dateline = 180;

bool is_global(const RegularAxis& longitude) {
    return std::abs(longitude.step * static_cast<double>(longitude.count) - full_circle) < longitude.step / 2;
}

/// Returns the column across the dateline. It is both the first and the last of the map: one half lies east of -180
/// degrees, the other west of 180.
std::size_t dateline_column(const RegularAxis& longitude) {
    const double degrees_to_dateline = std::fmod(dateline - longitude.first + 2 * full_circle, full_circle);
    return static_cast<std::size_t>(std::ceil(degrees_to_dateline / longitude.step - 0.5)) % longitude.count;
}

void center_on_greenwich(MapExtent& extent, const RegularAxis& longitude) {
    const std::size_t first = dateline_column(longitude), count = longitude.count;
    const double centre = longitude.first + longitude.step * static_cast<double>(first);
    extent.west = std::remainder(centre - dateline, full_circle) - dateline - longitude.step / 2;
    extent.column_count = count + 1;
    extent.columns = {{first, count - first, 0}, {0, first, count - first}, {first, 1, count}};
    std::erase_if(extent.columns, [](const ColumnRange& columns) { return columns.count == 0; });
}

}  // namespace

std::vector<MapLayer> map_layers(const std::vector<MapTime>& times) {
    std::map<std::string, MapLayer> found;
    for (const MapTime& time : times) {
        for (const MapField& field : time.content.fields) {
            auto palette = palette_for(field.standard_name);
            if (palette.empty()) continue;
            MapLayer& layer = found[field.variable];
            layer.field = field;
            layer.palette = std::move(palette);
            layer.times.push_back(time.time);
        }
    }
    std::vector<MapLayer> layers;
    for (auto& [name, layer] : found) layers.push_back(std::move(layer));
    return layers;
}

std::vector<WindArrows> wind_arrows(const std::vector<MapLayer>& layers) {
    constexpr std::string_view eastward = "eastward_", northward = "northward_";
    std::vector<WindArrows> arrows;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string& name = layers[i].field.variable;
        if (layers[i].field.standard_name != "eastward_wind" || !name.starts_with(eastward)) continue;
        const std::string rest = name.substr(eastward.size());
        const auto other = std::ranges::find(layers, std::string(northward) + rest,
                                             [](const auto& layer) { return layer.field.variable; });
        if (other == layers.end()) continue;
        arrows.push_back({.name = rest, .eastward = i, .northward = static_cast<std::size_t>(other - layers.begin())});
    }
    return arrows;
}

MapExtent map_extent(const RegularAxis& latitude, const RegularAxis& longitude) {
    const double last = latitude.first + latitude.step * static_cast<double>(latitude.count - 1);
    const double first = longitude.first >= dateline ? longitude.first - full_circle : longitude.first;
    MapExtent extent{.west = first - longitude.step / 2,
                     .north = std::max(latitude.first, last) + std::abs(latitude.step) / 2,
                     .column_width = longitude.step,
                     .row_height = std::abs(latitude.step),
                     .column_count = longitude.count,
                     .row_count = latitude.count,
                     .columns = {{0, longitude.count, 0}}};
    if (is_global(longitude)) center_on_greenwich(extent, longitude);
    return extent;
}

}  // namespace gfs
