// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/level_kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gfs {

namespace {

constexpr Stacking stacked = Stacking::stacked;
constexpr Stacking separate = Stacking::separate;

// Names after wgrib2. Levels with a unit have a value.
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
    {11, "cumulonimbus_base", "cumulonimbus base"},
    {12, "cumulonimbus_top", "cumulonimbus top"},
    {14, "free_convection", "level of free convection"},
    {15, "convective_condensation", "convection condensation level"},
    {16, "neutral_buoyancy", "level of neutral buoyancy"},
    {17, "parcel_departure", "departure level of the most unstable parcel of air"},
    {20, "isothermal", "{:g} K level", "{:g}-{:g} K layer", stacked, "K", "air_temperature", ""},
    {100, "isobaric", "{:g} mb", "{:g}-{:g} mb", stacked, "Pa", "air_pressure", "down", 100},
    {101, "mean_sea_level", "mean sea level"},
    {102, "altitude", "{:g} m above mean sea level", "{:g}-{:g} m above mean sea level", stacked, "m", "altitude",
     "up"},
    {103, "height", "{:g} m above ground", "{:g}-{:g} m above ground", separate, "m", "height", "up"},
    {104, "sigma", "{:g} sigma level", "{:g}-{:g} sigma layer", stacked, "1", "", "down"},
    {105, "hybrid", "{:g} hybrid level", "{:g}-{:g} hybrid layer", stacked, "1", "", "down"},
    {106, "depth", "{:g} m below ground", "{:g}-{:g} m below ground", stacked, "m", "depth", "down"},
    {107, "isentropic", "{:g} K isentropic level", "{:g}-{:g} K isentropic layer", stacked, "K",
     "air_potential_temperature", "up"},
    {108, "pressure_above_ground", "{:g} mb above ground", "{:g}-{:g} mb above ground", stacked, "Pa", "", "up", 100},
    {109, "potential_vorticity", "PV={:g} (Km^2/kg/s) surface", "", stacked, "K m2 kg-1 s-1",
     "ertel_potential_vorticity", "up"},
    {111, "eta", "{:g} Eta level", "{:g}-{:g} Eta layer", stacked, "1", "", "down"},
    {114, "snow", "snow level {:g}", "", stacked, "1", "", ""},
    {117, "mixed_layer_depth", "mixed layer depth"},
    {118, "hybrid_height", "{:g} hybrid height level", "", stacked, "1", "", "up"},
    {119, "hybrid_pressure", "{:g} hybrid pressure level", "", stacked, "1", "", "down"},
    {150, "generalized_height", "{:g} generalized vertical height coordinate", "", stacked, "1", "", "up"},
    {151, "soil", "soil level {:g}", "", stacked, "1", "", "down"},
    {160, "depth_below_sea_level", "{:g} m below sea level", "{:g}-{:g} m ocean layer", stacked, "m", "depth", "down"},
    {161, "depth_below_water", "{:g} m below water surface", "{:g}-{:g} m below water surface", stacked, "m", "depth",
     "down"},
    {162, "lake_bottom", "lake or river bottom"},
    {166, "mixing_layer", "mixing layer"},
    {168, "ocean_model", "ocean model level {:g}", "", stacked, "1", "", "down"},
    {174, "ice_top", "top surface of ice on sea, lake or river"},
    {175, "ice_top_below_snow", "top surface of ice, under snow, on sea, lake or river"},
    {176, "ice_bottom", "bottom surface of ice on sea, lake or river"},
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
    {216, "effective_layer_top", "effective layer top level"},
    {217, "effective_layer_bottom", "effective layer bottom level"},
    {218, "effective_layer", "effective layer"},
    {220, "planetary_boundary_layer", "planetary boundary layer"},
    {222, "middle_cloud_bottom", "middle cloud bottom level"},
    {223, "middle_cloud_top", "middle cloud top level"},
    {224, "middle_cloud", "middle cloud layer"},
    {232, "high_cloud_bottom", "high cloud bottom level"},
    {233, "high_cloud_top", "high cloud top level"},
    {234, "high_cloud", "high cloud layer"},
    {235, "ocean_isotherm", "{:g}C ocean isotherm", "", stacked, "0.1 degree_Celsius", "", "", 10},
    {237, "ocean_mixed_layer_bottom", "bottom of ocean mixed layer"},
    {238, "ocean_isothermal_layer_bottom", "bottom of ocean isothermal layer"},
    {239, "ocean_26C_layer", "layer between ocean surface and 26C ocean isotherm"},
    {240, "ocean_mixed_layer", "ocean mixed layer"},
    {241, "sequence", "{:g} in sequence", "", stacked, "1", "", ""},
    {242, "convective_cloud_bottom", "convective cloud bottom level"},
    {243, "convective_cloud_top", "convective cloud top level"},
    {244, "convective_cloud", "convective cloud layer"},
    {245, "wet_bulb_zero", "lowest level of the wet bulb zero"},
    {246, "max_equivalent_potential_temperature", "maximum equivalent potential temperature level"},
    {247, "equilibrium", "equilibrium level"},
    {248, "shallow_convective_cloud_bottom", "shallow convective cloud bottom level"},
    {249, "shallow_convective_cloud_top", "shallow convective cloud top level"},
    {251, "deep_convective_cloud_bottom", "deep convective cloud bottom level"},
    {252, "deep_convective_cloud_top", "deep convective cloud top level"},
    {253, "supercooled_water_bottom", "lowest bottom level of supercooled liquid water layer"},
    {254, "supercooled_water_top", "highest top level of supercooled liquid water layer"},
});

constexpr LevelKind unknown_kind{-1, "", "", "", stacked, "1", "", ""};

const LevelKind& kind_of_type(int type) {
    const auto kind = std::ranges::find(kinds, type, &LevelKind::type);
    return kind == kinds.end() ? unknown_kind : *kind;
}

std::string surface_text(const Surface& surface) {
    const LevelKind& kind = kind_of_type(surface.type);
    const double value = surface.value.value_or(0);
    if (kind.name.empty()) return fmt::format("lvl1=({},{:g})", surface.type, value);
    return fmt::format(fmt::runtime(kind.text), value / kind.text_scale);
}

}  // namespace

std::span<const LevelKind> level_kinds() { return kinds; }

const LevelKind& kind_of(const Level& level) {
    if (level.second && level.second->type != level.first.type) return unknown_kind;
    return kind_of_type(level.first.type);
}

bool has_coordinate(const Level& level) { return level.first.value && !kind_of(level).unit.empty(); }

bool has_bounds(const Level& level) {
    return has_coordinate(level) && level.second && level.second->type == level.first.type && level.second->value;
}

std::string level_text(const Level& level) {
    if (level.second && level.second->type != level.first.type)
        return surface_text(level.first) + " - " + surface_text(*level.second);
    const LevelKind& kind = kind_of(level);
    if (!has_bounds(level) || kind.layer_text.empty()) return surface_text(level.first);
    return fmt::format(fmt::runtime(kind.layer_text), *level.first.value / kind.text_scale,
                       *level.second->value / kind.text_scale);
}

}  // namespace gfs
