// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/area.hpp"

#include "grib/reader.hpp"
#include "real_data.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using gfs::Area;
using gfs::Crop;
using gfs::Grid;

namespace {

/// 90 N to 90 S and 0 to 330 degrees, every 30 degrees; values count from 0: 12 a row.
const Grid globe{.columns = 12, .rows = 7, .first_latitude = 90, .last_latitude = -90, .last_longitude = 330};

std::vector<float> counted(const Grid& grid) {
    std::vector<float> values(grid.size());
    std::iota(values.begin(), values.end(), 0.0F);
    return values;
}

Crop cut(const Grid& grid, const char* area) { return {grid, Area::parse(area)}; }

}  // namespace

TEST_CASE("an area is west, east, south, north", "[area]") {
    CHECK(Area::parse("-10, 30.5,35,70") == Area{.west = -10, .east = 30.5, .south = 35, .north = 70});
    CHECK(Area::parse("-10, 30.5,35,70").text() == "-10,30.5,35,70");
    CHECK(Area::parse(Area::parse("350,10,0,1").text()) == Area::parse("350,10,0,1"));
}

TEST_CASE("east of an area is more than its west, across Greenwich and the date line too", "[area]") {
    CHECK(Area::parse("350,10,0,1") == Area{.west = -10, .east = 10, .south = 0, .north = 1});
    CHECK(Area::parse("170,-170,0,1") == Area{.west = 170, .east = 190, .south = 0, .north = 1});
    CHECK(Area::parse("-190,-170,0,1") == Area{.west = 170, .east = 190, .south = 0, .north = 1});
    CHECK(Area::parse("200,-200,0,1") == Area{.west = -160, .east = 160, .south = 0, .north = 1});
    CHECK(Area::parse("200,250,0,1") == Area{.west = 200, .east = 250, .south = 0, .north = 1});
}

TEST_CASE("anything else is not an area", "[area]") {
    CHECK_THROWS_WITH(Area::parse("1,2,3"), Catch::EndsWith("it has 3 numbers"));
    CHECK_THROWS_WITH(Area::parse("0,10,70,35"), Catch::EndsWith("the south is north of the north"));
    CHECK_THROWS_WITH(Area::parse("0,10,35,700"), Catch::EndsWith("latitudes are from -90 to 90"));
    CHECK_THROWS_WITH(Area::parse("-180,360,0,1"), Catch::EndsWith("it goes around the Earth more than once"));
    CHECK_THROWS_WITH(Area::parse("nan,1,0,1"), Catch::EndsWith("longitudes are from -180 to 360"));
    CHECK_THROWS_AS(Area::parse("a,b,c,d"), freshet::ParameterError);
}

TEST_CASE("without an area the whole grid is kept", "[area]") {
    const Crop crop(globe, {});
    CHECK(crop.grid() == globe);
    CHECK(crop.apply(counted(globe)) == counted(globe));
}

TEST_CASE("the edges of an area belong to it", "[area]") {
    const Crop crop = cut(globe, "30,90,0,30");
    CHECK(gfs::latitudes(crop.grid()) == std::vector<double>{30, 0});
    CHECK(gfs::longitudes(crop.grid()) == std::vector<double>{30, 60, 90});
    CHECK(crop.apply(counted(globe)) == std::vector<float>{25, 26, 27, 37, 38, 39});
}

TEST_CASE("an area across Greenwich is contiguous", "[area]") {
    const Crop crop = cut(globe, "-45,40,-10,10");
    CHECK(gfs::longitudes(crop.grid()) == std::vector<double>{-30, 0, 30});
    CHECK(crop.apply(counted(globe)) == std::vector<float>{47, 36, 37});
}

TEST_CASE("an area across the date line is contiguous", "[area]") {
    const Crop crop = cut(globe, "150,-150,-10,10");
    CHECK(gfs::longitudes(crop.grid()) == std::vector<double>{150, 180, 210});
    CHECK(crop.apply(counted(globe)) == std::vector<float>{41, 42, 43});
}

TEST_CASE("the whole Earth can begin at the date line", "[area]") {
    const Crop crop = cut(globe, "-180,180,90,90");
    CHECK(gfs::longitudes(crop.grid()) ==
          std::vector<double>{-180, -150, -120, -90, -60, -30, 0, 30, 60, 90, 120, 150});
    CHECK(crop.apply(counted(globe)) == std::vector<float>{6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5});
}

TEST_CASE("rows and columns keep their direction", "[area]") {
    Grid grid{
        .columns = 12, .rows = 7, .goes_west = true, .goes_north = true, .first_latitude = -90, .first_longitude = 330};
    grid.last_latitude = 90;
    const Crop crop = cut(grid, "-30,30,-30,0");
    CHECK(gfs::latitudes(crop.grid()) == std::vector<double>{-30, 0});
    CHECK(gfs::longitudes(crop.grid()) == std::vector<double>{30, 0, -30});
    CHECK(crop.apply(counted(grid)) == std::vector<float>{34, 35, 24, 46, 47, 36});
}

TEST_CASE("0.25 degrees are cut exactly", "[area]") {
    const Grid grid{.columns = 1440, .rows = 721, .first_latitude = 90, .last_latitude = -90, .last_longitude = 359.75};
    const Crop crop = cut(grid, "-0.25,0.25,49.75,50");
    CHECK(gfs::longitudes(crop.grid()) == std::vector<double>{-0.25, 0, 0.25});
    CHECK(gfs::latitudes(crop.grid()) == std::vector<double>{50, 49.75});
}

TEST_CASE("an area across Greenwich is cut out of a grid whose increment was rounded", "[area]") {
    const Grid grid{
        .columns = 384, .rows = 3, .first_latitude = 89.277, .last_latitude = -89.277, .last_longitude = 359.062};
    const Crop crop = cut(grid, "-1,1,-10,10");
    const auto columns = gfs::longitudes(crop.grid());
    REQUIRE(columns.size() == 3);
    CHECK(columns[0] == Approx(-0.938).margin(1e-3));
    CHECK(columns[1] == Approx(0).margin(1e-3));
    CHECK(crop.apply(counted(grid)) == std::vector<float>{767, 384, 385});
}

TEST_CASE("the real CFS file with 384 columns of 0.938 degrees is cut across Greenwich", "[area]") {
    const auto file = gfs::test::ncep_file("cfs_t126.grib2");
    if (!file) return;
    gfs::GribReader reader(*file);
    const auto values = reader.values(reader.messages().front(), -1);
    const Crop crop = cut(reader.messages().front().grid, "-10,30,35,70");
    CHECK(crop.grid().columns == 43);
    CHECK(gfs::longitudes(crop.grid()).front() == Approx(-9.375).margin(2e-3));
    CHECK(gfs::longitudes(crop.grid()).back() == Approx(30).margin(2e-3));
    const auto part = crop.apply(values);
    const auto rows = gfs::latitudes(reader.messages().front().grid);
    const auto first = std::ranges::find_if(rows, [](double latitude) { return latitude <= 70; });
    const auto row = static_cast<std::size_t>(first - rows.begin());
    CHECK(part[0] == values[row * 384 + 374]);
    CHECK(part[10] == values[row * 384]);
}

TEST_CASE("an area across a gap of the grid is an error", "[area]") {
    const Grid regional{.columns = 4, .rows = 2, .first_latitude = 30, .last_latitude = 0, .last_longitude = 90};
    CHECK_THROWS_WITH(cut(regional, "100,120,0,30"), Catch::EndsWith("no column lies in it"));
    CHECK_THROWS_WITH(cut(regional, "0,90,40,50"), Catch::EndsWith("no row lies in it"));
    CHECK_THROWS_WITH(cut(regional, "60,30,0,30"), Catch::EndsWith("and has a gap in it"));
    const Grid map{.kind = gfs::GridKind::lambert, .columns = 2, .rows = 2};
    CHECK_THROWS_WITH(cut(map, "0,90,0,30"),
                      "cut the area '0,90,0,30' out of the grid: it is a map projection, and an area is a rectangle of "
                      "latitudes and longitudes only");
}
