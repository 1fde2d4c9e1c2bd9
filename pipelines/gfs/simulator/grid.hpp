// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <numbers>

namespace gfs::simulator {

/// A regular grid over the globe as GFS scans it: from the north pole to the south, each row from 0 degrees east.
struct Grid {
    std::size_t columns = 1440;
    std::size_t rows = 721;

    std::size_t size() const { return columns * rows; }
    double column_step() const { return 360.0 / static_cast<double>(columns); }
    double row_step() const { return 180.0 / static_cast<double>(rows - 1); }
    /// In radians.
    double latitude(std::size_t row) const { return (90.0 - static_cast<double>(row) * row_step()) * degree; }
    double longitude(std::size_t column) const { return static_cast<double>(column) * column_step() * degree; }

    static constexpr double degree = std::numbers::pi / 180;

    friend bool operator==(const Grid&, const Grid&) = default;
};

}  // namespace gfs::simulator
