// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// Whether levels of a kind make up a dimension, or each is a variable of its own ("_2m", "_10m").
enum class Stacking { stacked, separate };

/// A kind of level (code table 4.5), as NetCDF shows it.
struct LevelKind {
    int type;
    std::string_view name;  ///< in names of variables and dimensions: "isobaric", "surface"
    std::string_view text;  ///< as NCEP's inventories write it, {} for the value; a layer's is in `layer_text`
    std::string_view layer_text = {};  ///< {} for the two values; empty where NCEP has no layers of it
    Stacking stacking = Stacking::separate;
    std::string_view unit = {};           ///< of the value, as the coordinate's units; empty: it has no value
    std::string_view standard_name = {};  ///< of the coordinate
    std::string_view positive = {};       ///< "up" or "down"
    double text_scale = 1;                ///< what the text counts in: 100 Pa for mb
};

/// What is known of the level's kind; kinds not in the table have an empty name.
const LevelKind& kind_of(const Level& level);

/// True where levels of this kind (and layers of it) are stacked in a dimension.
bool is_stacked(const Level& level);
/// True where its value says anything: the tropopause has none, whatever number the message carries for it.
bool has_coordinate(const Level& level);
/// True for a layer between two values of one kind.
bool has_bounds(const Level& level);

/// The dimension for such levels: "isobaric", "sigma_layer", "level_133".
std::string dimension_name(const Level& level);
/// The end of a variable's name: "2m", "isobaric", "tropopause".
std::string name_suffix(const Level& level);
/// The scalar coordinate for one level: "height_2m", "isobaric_500hPa", "sigma_0p995".
std::string scalar_name(const Level& level);
/// As in NCEP's inventories: "2 m above ground", "0.1-0.4 m below ground", "500 mb".
std::string inventory_text(const Level& level);

/// Where the level lies on its coordinate: its value, or the middle of the layer.
double coordinate(const Level& level);
/// The layer's ends, the smaller first.
std::pair<double, double> bounds(const Level& level);

}  // namespace gfs
