// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_layers.hpp"

#include <algorithm>
#include <map>

namespace gfs {

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

}  // namespace gfs
