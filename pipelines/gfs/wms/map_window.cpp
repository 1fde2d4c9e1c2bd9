// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_window.hpp"

#include <algorithm>
#include <cmath>

namespace gfs {

namespace {

constexpr double globe = 360;
constexpr double dateline = 180;

bool goes_around(const RegularAxis& longitude) {
    return std::abs(longitude.step * static_cast<double>(longitude.count) - globe) < longitude.step / 2;
}

/// The column that lies across the dateline; it begins the map and, since half of it is east of -180 degrees and the
/// other half west of 180, it ends it, too.
std::size_t dateline_column(const RegularAxis& longitude) {
    const double ahead = std::fmod(dateline - longitude.first + 2 * globe, globe);
    return static_cast<std::size_t>(std::ceil(ahead / longitude.step - 0.5)) % longitude.count;
}

void turn_to_greenwich(MapWindow& window, const RegularAxis& longitude) {
    const std::size_t first = dateline_column(longitude), count = longitude.count;
    const double centre = longitude.first + longitude.step * static_cast<double>(first);
    window.west = std::remainder(centre - dateline, globe) - dateline - longitude.step / 2;
    window.column_count = count + 1;
    window.columns = {{first, count - first, 0}, {0, first, count - first}, {first, 1, count}};
    std::erase_if(window.columns, [](const Columns& columns) { return columns.count == 0; });
}

}  // namespace

MapWindow map_window(const RegularAxis& latitude, const RegularAxis& longitude) {
    const double last = latitude.first + latitude.step * static_cast<double>(latitude.count - 1);
    const double first = longitude.first >= dateline ? longitude.first - globe : longitude.first;
    MapWindow window{.west = first - longitude.step / 2,
                     .north = std::max(latitude.first, last) + std::abs(latitude.step) / 2,
                     .column_width = longitude.step,
                     .row_height = std::abs(latitude.step),
                     .column_count = longitude.count,
                     .row_count = latitude.count,
                     .columns = {{0, longitude.count, 0}}};
    if (goes_around(longitude)) turn_to_greenwich(window, longitude);
    return window;
}

}  // namespace gfs
