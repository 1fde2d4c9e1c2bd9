// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/vertical_levels.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {

namespace {

std::string values_token(const Level& level, double scale) {
    const std::string first = name_token(*level.first.value / scale);
    return has_bounds(level) ? first + "_to_" + name_token(*level.second->value / scale) : first;
}

std::string level_name(const Level& level) {
    const LevelKind& kind = kind_of(level);
    if (!kind.name.empty()) return std::string(kind.name);
    std::string text = fmt::format("level_{}", level.first.type);
    if (level.second && level.second->type != level.first.type) text += fmt::format("_to_{}", level.second->type);
    return text;
}

// Names give pressures in hPa, lengths in metres, temperatures in kelvins, and no other unit.
std::string unit_token(const LevelKind& kind) {
    if (kind.unit == "Pa") return "hPa";
    return kind.unit == "m" || kind.unit == "K" ? std::string(kind.unit) : "";
}

}  // namespace

std::string name_token(double value) {
    std::string text;
    for (const char c : number_text(value)) {
        if (c == '-') {
            text += text.empty() ? "minus_" : "_minus_";
        } else if (c != '+') {
            text += c == '.' ? 'p' : c;
        }
    }
    return text;
}

bool is_stacked(const Level& level) {
    if (!has_coordinate(level)) return false;
    return kind_of(level).stacking == Stacking::stacked || has_bounds(level);
}

std::string dimension_name(const Level& level) {
    constexpr int depth_below_land = 106;  // soil always comes in layers: "depth" says enough
    return level_name(level) + (has_bounds(level) && level.first.type != depth_below_land ? "_layer" : "");
}

std::string name_suffix(const Level& level) {
    if (!has_coordinate(level) || is_stacked(level)) return dimension_name(level);
    return values_token(level, 1) + std::string(kind_of(level).unit);
}

std::string scalar_name(const Level& level) {
    const LevelKind& kind = kind_of(level);
    return dimension_name(level) + "_" + values_token(level, kind.text_scale) + unit_token(kind);
}

double coordinate(const Level& level) {
    if (!has_bounds(level)) return *level.first.value;
    return (*level.first.value + *level.second->value) / 2;
}

std::pair<double, double> bounds(const Level& level) { return std::minmax(*level.first.value, *level.second->value); }

}  // namespace gfs
