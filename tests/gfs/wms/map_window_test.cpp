// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_window.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using gfs::ColumnRange;
using gfs::map_extent;
using gfs::RegularAxis;

namespace {

constexpr RegularAxis pole_to_pole{.first = 90, .step = -5, .count = 37};

}  // namespace

TEST_CASE("longitudes from 0 to 360 are turned so that Greenwich is in the middle", "[gfs]") {
    const auto extent = map_extent(pole_to_pole, {.first = 0, .step = 5, .count = 72});
    CHECK(extent.columns == std::vector<ColumnRange>{{36, 36, 0}, {0, 36, 36}, {36, 1, 72}});
    CHECK(extent.west == Approx(-182.5));
    CHECK(extent.east() == Approx(182.5));
}

TEST_CASE("around the globe there is no gap at the dateline, whatever longitude the file begins with", "[gfs]") {
    for (const double first : {-180.0, -177.5, -0.3, 0.0, 2.5, 100.1, 357.5}) {
        const RegularAxis longitude{.first = first, .step = 5, .count = 72};
        const auto extent = map_extent(pole_to_pole, longitude);
        INFO("beginning with " << first);
        CHECK(extent.west <= -180);
        CHECK(extent.west > -185 - 1e-9);
        CHECK(extent.east() >= 180);
        std::size_t shown = 0;
        for (const ColumnRange& columns : extent.columns) {
            CHECK(columns.map_column == shown);
            shown += columns.count;
            const double lies_at = extent.west + 5 * (static_cast<double>(columns.map_column) + 0.5);
            const double is_of = first + 5 * static_cast<double>(columns.source_column);
            CHECK(std::abs(std::remainder(lies_at - is_of, 360)) < 1e-9);
        }
        CHECK(shown == extent.column_count);
    }
}

TEST_CASE("a part of the globe stays as it is, west of Greenwich with negative longitudes", "[gfs]") {
    const auto europe = map_extent({.first = 35, .step = 0.25, .count = 33}, {.first = 350, .step = 0.25, .count = 49});
    CHECK(europe.columns == std::vector<ColumnRange>{{0, 49, 0}});
    CHECK(europe.west == Approx(-10.125));
    CHECK(europe.north == Approx(43.125));
    CHECK(europe.south() == Approx(34.875));
}
