// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace gfs {

/// The figure the grid assumes for the Earth, in metres; a sphere where both are equal.
struct Earth {
    double semi_major = 0;
    double semi_minor = 0;

    friend bool operator==(const Earth&, const Earth&) = default;
};

enum class GridKind { latitude_longitude, gaussian, lambert, polar_stereographic };

/// How a map projection lies on the Earth, in degrees and metres.
struct Projection {
    double central_longitude = 0;
    double true_latitude = 0;    ///< where the distances hold
    double first_parallel = 0;   ///< Lambert
    double second_parallel = 0;  ///< Lambert
    bool is_south = false;       ///< polar: the South Pole is on the plane
    double dx = 0;
    double dy = 0;

    friend bool operator==(const Projection&, const Projection&) = default;
};

/// The horizontal grid of a field. Rows and columns are counted as they lie in the file.
struct Grid {
    GridKind kind = GridKind::latitude_longitude;
    int columns = 0;
    int rows = 0;
    Earth earth = {};
    bool winds_follow_grid = false;  ///< u and v along the grid's axes and not along east and north
    bool rows_alternate = false;     ///< every second row is written backwards
    bool column_major = false;       ///< neighbours in the file lie in one column
    bool goes_west = false;
    bool goes_north = false;
    double first_latitude = 0;
    double first_longitude = 0;
    double last_latitude = 0;
    double last_longitude = 0;
    int gaussian_number = 0;  ///< rows between a pole and the equator
    Projection projection = {};

    std::size_t size() const { return static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows); }

    friend bool operator==(const Grid&, const Grid&) = default;
};

/// True for a grid on a map's plane: its rows are no parallels.
inline bool is_projected(const Grid& grid) {
    return grid.kind == GridKind::lambert || grid.kind == GridKind::polar_stereographic;
}

/// Latitudes of the rows, in the file's order; for latitude_longitude and gaussian.
std::vector<double> latitudes(const Grid& grid);
/// Longitudes of the columns, strictly monotonic also over the date line; for latitude_longitude and gaussian.
std::vector<double> longitudes(const Grid& grid);

/// Field values as rows from first to last, each from first to last column, whatever order the file had.
void to_row_major(const Grid& grid, std::vector<float>& values);

}  // namespace gfs
