// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/map_fields.hpp"

#include <cstddef>
#include <vector>

namespace gfs {

/// Neighbouring columns of the file, and where they come to lie on the map.
struct ColumnRange {
    std::size_t source_column;
    std::size_t count;
    std::size_t map_column;

    friend bool operator==(const ColumnRange&, const ColumnRange&) = default;
};

/// A grid as a map wants it: from west to east, from north to south, and, where it goes around the globe, from -180 to
/// 180 degrees with no gap at either end and none in the middle.
struct MapExtent {
    double west;   ///< edge of the first column
    double north;  ///< edge of the first row
    double column_width;
    double row_height;
    std::size_t column_count;
    std::size_t row_count;
    std::vector<ColumnRange> columns;

    double east() const { return west + column_width * static_cast<double>(column_count); }
    double south() const { return north - row_height * static_cast<double>(row_count); }
};

/// Longitudes must ascend.
MapExtent map_extent(const RegularAxis& latitude, const RegularAxis& longitude);

}  // namespace gfs
