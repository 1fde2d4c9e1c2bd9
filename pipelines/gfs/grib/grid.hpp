// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace gfs {

/// The semi-axes of the Earth that the grid assumes, in metres; a sphere where both are equal.
struct Earth {
    double semi_major = 0;
    double semi_minor = 0;

    friend bool operator==(const Earth&, const Earth&) = default;
};

enum class GridKind { latitude_longitude, gaussian, lambert, polar_stereographic, mercator, rotated };

/// The parameters of a map projection or of a rotated globe, in degrees and metres.
struct Projection {
    double central_longitude = 0;
    double true_latitude = 0;    ///< where distances are true
    double first_parallel = 0;   ///< Lambert
    double second_parallel = 0;  ///< Lambert
    bool is_south = false;       ///< polar: centred on the South Pole
    double dx = 0;
    double dy = 0;
    double pole_latitude = 0;   ///< rotated: where the grid's North Pole lies
    double pole_longitude = 0;  ///< rotated

    friend bool operator==(const Projection&, const Projection&) = default;
};

/// The horizontal grid of a field. Rows and columns are in the file's order.
struct Grid {
    GridKind kind = GridKind::latitude_longitude;
    int columns = 0;
    int rows = 0;
    Earth earth = {};
    bool winds_follow_grid = false;  ///< u and v along the grid's axes and not along east and north
    bool rows_alternate = false;     ///< every second row is written backwards
    bool column_major = false;       ///< consecutive values belong to one column
    bool goes_west = false;
    bool goes_north = false;
    double first_latitude = 0;  ///< these four in the rotated grid's own degrees
    double first_longitude = 0;
    double last_latitude = 0;
    double last_longitude = 0;
    int gaussian_number = 0;  ///< rows between a pole and the equator
    Projection projection = {};

    std::size_t size() const { return static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows); }

    friend bool operator==(const Grid&, const Grid&) = default;
};

/// True for a map projection or a rotated globe, whose rows and columns are not parallels and meridians.
inline bool is_projected(const Grid& grid) {
    return grid.kind != GridKind::latitude_longitude && grid.kind != GridKind::gaussian;
}

/// The latitudes of the rows, in the file's order; for latitude_longitude and gaussian, and the rotated grid's own.
std::vector<double> latitudes(const Grid& grid);
/// The longitudes of the columns, strictly monotonic also over the date line; for the same grids.
std::vector<double> longitudes(const Grid& grid);

/// True where the last column is one step from the first around the Earth; a hundredth of a step is lost where an
/// increment or the ends were rounded. For latitude_longitude and gaussian.
bool goes_around(const Grid& grid);

/// Reorders field values from the file's order to rows, each from the first to the last column.
void to_row_major(const Grid& grid, std::vector<float>& values);

}  // namespace gfs
