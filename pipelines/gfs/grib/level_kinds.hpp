// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <span>
#include <string>
#include <string_view>

// The table of level types, for names in NetCDF and for texts of inventories. It is constant: references into it stay
// valid, and all functions are thread-safe.
namespace gfs {

/// Arrangement of a kind's levels in NetCDF: along a dimension, or each a variable of its own ("_2m", "_10m").
enum class Stacking { stacked, separate };

/// One type of level (code table 4.5): its names, and the unit of its value.
struct LevelKind {
    int type;
    std::string_view name;             ///< in names of variables and dimensions: "isobaric", "surface"
    std::string_view text;             ///< wgrib2's, {:g} for the value; a layer's is in `layer_text`
    std::string_view layer_text = {};  ///< {:g} for the two values; empty where NCEP has no layers of it
    Stacking stacking = Stacking::separate;
    std::string_view unit = {};           ///< the value's unit, for the coordinate; empty: no value
    std::string_view standard_name = {};  ///< the coordinate's
    std::string_view positive = {};       ///< "up" or "down"
    double text_scale = 1;                ///< the text's unit in that of the message: 100 Pa for mb
};

/// Every type of level in NCEP's files, by ascending type.
std::span<const LevelKind> level_kinds();

/// The row of the level's type; a row with an empty name where there is none, or where a layer mixes two types. That
/// row is stacked and has the unit "1", so that an unknown level with a value still gets a coordinate.
const LevelKind& kind_of(const Level& level);

/// True where the level's value is meaningful: the tropopause has none, whatever number its message carries.
bool has_coordinate(const Level& level);
/// True for a layer between two values of one type. It is false for any level without a coordinate.
bool has_bounds(const Level& level);

/// Formats a level as wgrib2 does: "2 m above ground", "0.1-0.4 m below ground", "500 mb"; "lvl1=(133,4)" for a type
/// without a row, "surface - mean sea level" for a layer of two types.
std::string level_text(const Level& level);

}  // namespace gfs
