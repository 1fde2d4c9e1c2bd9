// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_layers.hpp"

#include "sample_map_times.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace gfs;

namespace {

constexpr RegularAxis pole_to_pole{.first = 90, .step = -5, .count = 37};

}  // namespace

TEST_CASE("each variable with a palette is a layer, at the times that have it", "[gfs]") {
    const auto layers = map_layers(test::sample_map_times());
    REQUIRE(layers.size() == 4);
    CHECK(layers[0].field.variable == "air_temperature_2m");
    CHECK(layers[0].times.size() == 2);
    CHECK(layers[3].field.variable == "precipitation_amount_surface_bucket");
    CHECK(layers[3].times == std::vector<std::string>{"2026-08-21T07:00:00Z"});
}

TEST_CASE("arrows are made of two components of the same wind only", "[gfs]") {
    auto times = test::sample_map_times();
    CHECK(wind_arrows(map_layers(times)) == std::vector<WindArrows>{{"wind_10m", 1, 2}});
    for (auto& time : times) time.content.fields[1].variable = "northward_wind_100m";
    CHECK(wind_arrows(map_layers(times)).empty());
}

TEST_CASE("longitudes from 0 to 360 are turned to put Greenwich in the middle", "[gfs]") {
    const auto extent = map_extent(pole_to_pole, {.first = 0, .step = 5, .count = 72});
    CHECK(extent.columns == std::vector<ColumnRange>{{36, 36, 0}, {0, 36, 36}, {36, 1, 72}});
    CHECK(extent.west == Approx(-182.5));
    CHECK(extent.east() == Approx(182.5));
}

TEST_CASE("a global extent has no gap at the dateline, whatever the first longitude of the file", "[gfs]") {
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
            const double map_longitude = extent.west + 5 * (static_cast<double>(columns.map_column) + 0.5);
            const double file_longitude = first + 5 * static_cast<double>(columns.source_column);
            CHECK(std::abs(std::remainder(map_longitude - file_longitude, 360)) < 1e-9);
        }
        CHECK(shown == extent.column_count);
    }
}

TEST_CASE("a regional extent is not turned and has negative longitudes west of Greenwich", "[gfs]") {
    const auto europe = map_extent({.first = 35, .step = 0.25, .count = 33}, {.first = 350, .step = 0.25, .count = 49});
    CHECK(europe.columns == std::vector<ColumnRange>{{0, 49, 0}});
    CHECK(europe.west == Approx(-10.125));
    CHECK(europe.north == Approx(43.125));
    CHECK(europe.south() == Approx(34.875));
}
