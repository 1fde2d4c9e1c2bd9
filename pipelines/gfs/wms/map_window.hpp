// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/plane_fields.hpp"

#include <cstddef>
#include <vector>

namespace gfs {

/// Neighbouring columns of the file, and where they come to lie on the map.
struct Columns {
    std::size_t from;
    std::size_t count;
    std::size_t to;

    friend bool operator==(const Columns&, const Columns&) = default;
};

/// A grid as a map wants it: from west to east, from north to south, and, where it goes around the globe, from -180 to
/// 180 degrees with no gap at either end and none in the middle.
struct MapWindow {
    double west;   ///< edge of the first column
    double north;  ///< edge of the first row
    double column_width;
    double row_height;
    std::size_t column_count;
    std::size_t row_count;
    std::vector<Columns> columns;

    double east() const { return west + column_width * static_cast<double>(column_count); }
    double south() const { return north - row_height * static_cast<double>(row_count); }
};

/// Longitudes must ascend.
MapWindow map_window(const RegularAxis& latitude, const RegularAxis& longitude);

}  // namespace gfs
