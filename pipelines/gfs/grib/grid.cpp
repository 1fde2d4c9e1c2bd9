// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/grid.hpp"

#include "freshet/error.hpp"

#include <eccodes.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gfs {

namespace {

// GRIB2 keeps angles in millionths of a degree. Computed from the ends, a step of 1/3 degree loses nothing on the way.
std::vector<double> evenly_spaced(double first, double last, int count) {
    constexpr double unit = 1e6;
    const double from = std::round(first * unit);
    const double span = std::round(last * unit) - from;
    std::vector<double> values(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        values[static_cast<std::size_t>(i)] = (from + (count > 1 ? span * i / (count - 1) : 0)) / unit;
    }
    return values;
}

std::vector<double> gaussian_latitudes(const Grid& grid) {
    std::vector<double> all(static_cast<std::size_t>(grid.gaussian_number) * 2);
    if (codes_get_gaussian_latitudes(grid.gaussian_number, all.data()) != CODES_SUCCESS) {
        throw freshet::Error(fmt::format("there is no Gaussian grid with N = {}", grid.gaussian_number));
    }
    if (grid.goes_north) std::reverse(all.begin(), all.end());
    constexpr double latitude_tolerance = 2e-3;  // degrees: encoders round the first latitude to a thousandth
    const auto first = std::find_if(all.begin(), all.end(), [&](double value) {
        return std::abs(value - grid.first_latitude) < latitude_tolerance;
    });
    if (all.end() - first < grid.rows) {
        throw freshet::Error(fmt::format("{} rows from latitude {} do not fit a Gaussian grid with N = {}", grid.rows,
                                         grid.first_latitude, grid.gaussian_number));
    }
    return {first, first + grid.rows};
}

}  // namespace

std::vector<double> latitudes(const Grid& grid) {
    if (grid.kind == GridKind::gaussian) return gaussian_latitudes(grid);
    return evenly_spaced(grid.first_latitude, grid.last_latitude, grid.rows);
}

std::vector<double> longitudes(const Grid& grid) {
    double first = grid.first_longitude;
    double last = grid.last_longitude;
    if (grid.columns > 1 && !grid.goes_west && last <= first) first -= 360;  // over 0 degrees: -10 ... 10
    if (grid.columns > 1 && grid.goes_west && last >= first) last -= 360;
    return evenly_spaced(first, last, grid.columns);
}

bool goes_around(const Grid& grid) {
    if (grid.columns < 2) return false;
    const std::vector<double> all = longitudes(grid);
    const double step = std::abs(all.back() - all.front()) / (grid.columns - 1);
    return std::abs(step * grid.columns - 360) < step / 100;
}

void to_row_major(const Grid& grid, std::vector<float>& values) {
    const auto columns = static_cast<std::size_t>(grid.columns);
    const auto rows = static_cast<std::size_t>(grid.rows);
    const std::size_t line = grid.column_major ? rows : columns;
    if (grid.rows_alternate) {
        for (std::size_t at = line; at + line <= values.size(); at += 2 * line) {
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(at);
            std::reverse(begin, begin + static_cast<std::ptrdiff_t>(line));
        }
    }
    if (!grid.column_major) return;
    std::vector<float> by_rows(values.size());
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            by_rows[row * columns + column] = values[column * rows + row];
        }
    }
    values = std::move(by_rows);
}

}  // namespace gfs
