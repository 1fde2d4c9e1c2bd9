// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/map_fields.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// A colour of a map for values from `from` to that of the next step.
struct ColourStep {
    std::optional<double> from;  ///< in the variable's unit; none for a first step without a lower bound
    std::string label;           ///< text of the legend, in a customary unit
    std::string colour;          ///< "#rrggbb"; empty: nothing is drawn

    friend bool operator==(const ColourStep&, const ColourStep&) = default;
};

/// The user's own palettes.
struct Styles {
    std::map<std::string, std::vector<ColourStep>> palettes;  ///< by the name of a variable, or a standard name
    std::vector<std::string> errors;                          ///< sentences about palettes that are left out
};

/// Parses lines "name,from,colour,label". Empty lines and those that begin with "#" are comments. A name with a line
/// that is not valid is left out as a whole.
Styles parse_styles(std::string_view text);

/// Returns the colours of a field, ascending: the user's for the variable, the user's for the standard name, or the
/// built-in ones for the standard name; none when it has no palette.
std::vector<ColourStep> palette_for(const MapField& field, const Styles& styles);

/// One time of a map and the fields available at it.
struct MapTime {
    std::string time;  ///< RFC 3339
    std::string file;  ///< the NetCDF file's name
    MapFields content;
};

/// A variable that is drawn in colours.
struct MapLayer {
    MapField field;
    std::vector<ColourStep> palette;
    std::vector<std::string> times;  ///< times that have the field, ascending

    friend bool operator==(const MapLayer&, const MapLayer&) = default;
};

/// Two layers that are also drawn as arrows, by their indexes in the list of layers.
struct WindArrows {
    std::string name;  ///< "wind_10m"
    std::size_t eastward;
    std::size_t northward;

    friend bool operator==(const WindArrows&, const WindArrows&) = default;
};

/// Returns the variables of any time that have a palette with a colour, sorted by name. The times must ascend.
std::vector<MapLayer> map_layers(const std::vector<MapTime>& times, const Styles& styles);

/// Returns sentences about the user's palettes that no variable of any time uses.
std::vector<std::string> unused_styles(const Styles& styles, const std::vector<MapTime>& times);

/// Returns the times that all of these layers have, ascending.
std::vector<std::string> common_times(const std::vector<MapLayer>& layers);

/// Returns the pairs eastward_wind_X and northward_wind_X among the layers that have a time in common.
std::vector<WindArrows> wind_arrows(const std::vector<MapLayer>& layers);

}  // namespace gfs
