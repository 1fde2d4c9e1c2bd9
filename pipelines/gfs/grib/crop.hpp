// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/area.hpp"
#include "grib/grid.hpp"

#include <optional>
#include <vector>

namespace gfs {

/// Cuts an area out of fields on one grid; the points keep their order, but for a seam of the grid that comes to lie
/// inside the area.
class Crop {
public:
    /// Everything where there is no area. Throws Error when no point of the grid lies in the area, or where the grid is
    /// a map projection, on which the area is no rectangle.
    Crop(const Grid& whole, const std::optional<Area>& area);

    /// Of what is left.
    const Grid& grid() const { return part_; }
    /// Values of the whole grid, row by row, as those of the part.
    std::vector<float> apply(std::vector<float> values) const;

private:
    void crop_rows(const Area& area);
    void crop_columns(const Area& area);

    Grid whole_;
    Grid part_;
    std::size_t first_row_ = 0;
    std::size_t first_column_ = 0;  ///< what follows the last column is the first
};

}  // namespace gfs
