// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_layers.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace gfs {

std::vector<MapLayer> map_layers(const std::vector<MapTime>& times, const Styles& styles) {
    std::map<std::string, MapLayer> found;
    for (const MapTime& time : times) {
        for (const MapField& field : time.content.fields) {
            auto palette = palette_for(field, styles);
            if (std::ranges::all_of(palette, &std::string::empty, &ColourStep::colour)) continue;
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

std::vector<std::string> unused_styles(const Styles& styles, const std::vector<MapTime>& times) {
    std::set<std::string> names;
    for (const MapTime& time : times)
        for (const MapField& field : time.content.fields) names.insert({field.variable, field.standard_name});
    std::vector<std::string> unused;
    for (const auto& [name, palette] : styles.palettes)
        if (!names.contains(name))
            unused.push_back(fmt::format("'{}' is no variable and no standard name of this map{}", name,
                                         freshet::suggestion(name, {names.begin(), names.end()})));
    return unused;
}

std::vector<std::string> common_times(const std::vector<MapLayer>& layers) {
    if (layers.empty()) return {};
    std::vector<std::string> common = layers.front().times;
    for (const MapLayer& layer : layers) {
        std::vector<std::string> both;
        std::ranges::set_intersection(common, layer.times, std::back_inserter(both));
        common = std::move(both);
    }
    return common;
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
        if (other == layers.end() || common_times({layers[i], *other}).empty()) continue;
        arrows.push_back({.name = rest, .eastward = i, .northward = static_cast<std::size_t>(other - layers.begin())});
    }
    return arrows;
}

}  // namespace gfs
