// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/vertical_levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gfs {

namespace {

constexpr Stacking stacked = Stacking::stacked;
constexpr Stacking separate = Stacking::separate;

// Names of levels after NCEP's inventories. Levels with a unit have a value.
constexpr auto kinds = std::to_array<LevelKind>({
    {1, "surface", "surface"},
    {2, "cloud_base", "cloud base"},
    {3, "cloud_top", "cloud top"},
    {4, "zero_degree_isotherm", "0C isotherm"},
    {5, "adiabatic_condensation", "level of adiabatic condensation from sfc"},
    {6, "max_wind", "max wind"},
    {7, "tropopause", "tropopause"},
    {8, "top_of_atmosphere", "top of atmosphere"},
    {9, "sea_bottom", "sea bottom"},
    {10, "entire_atmosphere", "entire atmosphere"},
    {100, "isobaric", "{} mb", "{}-{} mb", stacked, "Pa", "air_pressure", "down", 100},
    {101, "mean_sea_level", "mean sea level"},
    {102, "altitude", "{} m above mean sea level", "{}-{} m above mean sea level", stacked, "m", "altitude", "up"},
    {103, "height", "{} m above ground", "{}-{} m above ground", separate, "m", "height", "up"},
    {104, "sigma", "{} sigma level", "{}-{} sigma layer", stacked, "1", "", "down"},
    {105, "hybrid", "{} hybrid level", "{}-{} hybrid layer", stacked, "1", "", "down"},
    {106, "depth", "{} m below ground", "{}-{} m below ground", stacked, "m", "depth", "down"},
    {107, "isentropic", "{} K isentropic level", "{}-{} K isentropic layer", stacked, "K", "air_potential_temperature",
     "up"},
    {108, "pressure_above_ground", "{} mb above ground", "{}-{} mb above ground", stacked, "Pa", "", "up", 100},
    {109, "potential_vorticity", "PV={} (Km^2/kg/s) surface", "", stacked, "K m2 kg-1 s-1", "ertel_potential_vorticity",
     "up"},
    {160, "depth_below_sea_level", "{} m below sea level", "{}-{} m ocean layer", stacked, "m", "depth", "down"},
    {200, "whole_atmosphere", "entire atmosphere (considered as a single layer)"},
    {201, "whole_ocean", "entire ocean (considered as a single layer)"},
    {204, "highest_freezing_level", "highest tropospheric freezing level"},
    {206, "grid_scale_cloud_bottom", "grid scale cloud bottom level"},
    {207, "grid_scale_cloud_top", "grid scale cloud top level"},
    {209, "boundary_layer_cloud_bottom", "boundary layer cloud bottom level"},
    {210, "boundary_layer_cloud_top", "boundary layer cloud top level"},
    {211, "boundary_layer_cloud", "boundary layer cloud layer"},
    {212, "low_cloud_bottom", "low cloud bottom level"},
    {213, "low_cloud_top", "low cloud top level"},
    {214, "low_cloud", "low cloud layer"},
    {215, "cloud_ceiling", "cloud ceiling"},
    {220, "planetary_boundary_layer", "planetary boundary layer"},
    {222, "middle_cloud_bottom", "middle cloud bottom level"},
    {223, "middle_cloud_top", "middle cloud top level"},
    {224, "middle_cloud", "middle cloud layer"},
    {232, "high_cloud_bottom", "high cloud bottom level"},
    {233, "high_cloud_top", "high cloud top level"},
    {234, "high_cloud", "high cloud layer"},
    {242, "convective_cloud_bottom", "convective cloud bottom level"},
    {243, "convective_cloud_top", "convective cloud top level"},
    {244, "convective_cloud", "convective cloud layer"},
    {251, "deep_convective_cloud_bottom", "deep convective cloud bottom level"},
    {252, "deep_convective_cloud_top", "deep convective cloud top level"},
});

constexpr LevelKind unknown_kind{-1, "", "", "", stacked, "1", "", ""};

// What a name may hold: 0.995 is "0p995", -2e-06 is "minus_2e_minus_06".
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

// In names pressures are hPa, as people say them; lengths are metres; the rest has no unit.
std::string unit_token(const LevelKind& kind) {
    if (kind.unit == "Pa") return "hPa";
    return kind.unit == "m" || kind.unit == "K" ? std::string(kind.unit) : "";
}

}  // namespace

const LevelKind& kind_of(const Level& level) {
    if (level.second && level.second->type != level.first.type) return unknown_kind;
    const auto kind =
        std::find_if(kinds.begin(), kinds.end(), [&](const LevelKind& each) { return each.type == level.first.type; });
    return kind == kinds.end() ? unknown_kind : *kind;
}

bool has_coordinate(const Level& level) { return level.first.value && !kind_of(level).unit.empty(); }

bool has_bounds(const Level& level) {
    return has_coordinate(level) && level.second && level.second->type == level.first.type && level.second->value;
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

std::string inventory_text(const Level& level) {
    const LevelKind& kind = kind_of(level);
    if (kind.name.empty()) return "level " + to_text(level);
    if (!has_coordinate(level)) return std::string(kind.text);
    const std::string first = number_text(*level.first.value / kind.text_scale);
    if (!has_bounds(level)) return fmt::format(fmt::runtime(kind.text), first);
    return fmt::format(fmt::runtime(kind.layer_text), first, number_text(*level.second->value / kind.text_scale));
}

double coordinate(const Level& level) {
    if (!has_bounds(level)) return *level.first.value;
    return (*level.first.value + *level.second->value) / 2;
}

std::pair<double, double> bounds(const Level& level) { return std::minmax(*level.first.value, *level.second->value); }

}  // namespace gfs
