// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace gfs {

/// A colour of a map for values from `from` to that of the next step.
struct ColourStep {
    std::optional<double> from;  ///< in the variable's unit; none for the first step, which has no lower bound
    std::string_view label;      ///< text of the legend, in a customary unit
    std::string_view colour;     ///< "#rrggbb"; empty: nothing is drawn
};

/// Returns the colours for a CF standard name, ascending; none when it has no palette.
std::vector<ColourStep> palette_for(std::string_view standard_name);

}  // namespace gfs
