// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace gfs {

/// One colour of a map, for the values from `from` to the next one's.
struct ColourStep {
    std::optional<double> from;  ///< in the variable's unit; none for the first: whatever is below
    std::string_view label;      ///< as the legend shows it, in the unit that people read
    std::string_view colour;     ///< "#rrggbb"; empty: nothing is drawn
};

/// The colours for a CF standard name, ascending; none where maps of it are not made.
std::vector<ColourStep> palette_for(std::string_view standard_name);

}  // namespace gfs
