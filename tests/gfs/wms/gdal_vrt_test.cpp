// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/mapfile.hpp"

#include "sample_map_times.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace gfs;
using Catch::Contains;

namespace {

constexpr RegularAxis pole_to_pole{.first = 90, .step = -5, .count = 37};

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("a missing field has an empty band, so that bands have the same meaning at all times", "[gfs]") {
    const auto times = test::sample_map_times();
    const auto layers = map_layers(times, {});
    const auto first = gdal_vrt(times[0], layers), second = gdal_vrt(times[1], layers);
    CHECK(count(first, "<VRTRasterBand") == 4);
    CHECK(count(second, "<VRTRasterBand") == 4);
    CHECK_THAT(first, !Contains("precipitation"));
    CHECK_THAT(second, Contains("NETCDF:&quot;../a.f001.nc&quot;:precipitation_amount_surface_bucket"));
}

TEST_CASE("file names are relative to the raster, so that a store can be moved", "[gfs]") {
    const auto times = test::sample_map_times();
    const auto text = gdal_vrt(times[0], map_layers(times, {}));
    CHECK(count(text, "relativeToVRT=\"1\"") == count(text, "<SourceFilename"));
}

TEST_CASE("file names are escaped for XML", "[gfs]") {
    auto time = test::sample_map_times()[0];
    time.file = "R&D<1>.nc";
    CHECK_THAT(gdal_vrt(time, map_layers({time}, {})), Contains("R&amp;D&lt;1>.nc"));
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
        CHECK(extent.text() == "-180 -90 180 90");
    }
}

TEST_CASE("a regional extent is not turned and has negative longitudes west of Greenwich", "[gfs]") {
    const auto europe = map_extent({.first = 35, .step = 0.25, .count = 33}, {.first = 350, .step = 0.25, .count = 49});
    CHECK(europe.columns == std::vector<ColumnRange>{{0, 49, 0}});
    CHECK(europe.west == Approx(-10.125));
    CHECK(europe.north == Approx(43.125));
    CHECK(europe.south() == Approx(34.875));
    CHECK(europe.text() == "-10.125 34.875 2.125 43.125");
}

TEST_CASE("a regional extent across the date line is drawn on both sides of it, with nothing in between", "[gfs]") {
    const RegularAxis north{.first = 70, .step = -5, .count = 5};
    const auto pacific = map_extent(north, {.first = 150, .step = 5, .count = 17});  // to 230
    CHECK(pacific.columns == std::vector<ColumnRange>{{6, 11, 0}, {0, 6, 66}, {6, 1, 72}});
    CHECK(pacific.west == Approx(-182.5));
    CHECK(pacific.column_count == 73);
    CHECK(pacific.text() == "-180 47.5 180 72.5");
    const auto to_the_line = map_extent(north, {.first = 150, .step = 5, .count = 7});  // half a column lies beyond
    CHECK(to_the_line.columns == std::vector<ColumnRange>{{6, 1, 0}, {0, 6, 66}, {6, 1, 72}});
    const auto beside_the_line = map_extent(north, {.first = 150, .step = 5, .count = 6});
    CHECK(beside_the_line.columns == std::vector<ColumnRange>{{0, 6, 0}});
}

TEST_CASE("an extent across the date line whose step does not divide the circle is not turned", "[gfs]") {
    const auto extent = map_extent(pole_to_pole, {.first = 150, .step = 7, .count = 11});
    CHECK(extent.columns == std::vector<ColumnRange>{{0, 11, 0}});
    CHECK(extent.text() == "146.5 -90 180 90");
}
