// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/level_kinds.hpp"

#include <string>
#include <utility>

namespace gfs {

/// A number in names: 0.995 is "0p995", -2e-06 "minus_2e_minus_06".
std::string name_token(double value);

/// True where levels of this kind, or layers of it, share a dimension.
bool is_stacked(const Level& level);

/// The dimension of such levels: "isobaric", "sigma_layer", "level_133".
std::string dimension_name(const Level& level);
/// The part of a variable's name that names its level: "2m", "isobaric", "tropopause".
std::string name_suffix(const Level& level);
/// The scalar coordinate of one level: "height_2m", "isobaric_500hPa", "sigma_0p995".
std::string scalar_name(const Level& level);

/// The position on the coordinate: the value, or the middle of the layer. Requires has_coordinate().
double coordinate(const Level& level);
/// The layer's ends, the smaller first. Requires has_bounds().
std::pair<double, double> bounds(const Level& level);

}  // namespace gfs
