// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/grid.hpp"

#include <catch2/catch.hpp>

using gfs::Grid;

TEST_CASE("0.25 degrees come out exactly", "[grib]") {
    const Grid grid{.columns = 1440, .rows = 721, .first_latitude = 90, .last_latitude = -90, .last_longitude = 359.75};
    CHECK(gfs::latitudes(grid)[1] == 89.75);
    CHECK(gfs::latitudes(grid)[720] == -90);
    CHECK(gfs::longitudes(grid)[1439] == 359.75);
}

TEST_CASE("longitudes across 0 degrees are monotonic", "[grib]") {
    const Grid grid{.columns = 3, .rows = 1, .first_longitude = 350, .last_longitude = 10};
    CHECK(gfs::longitudes(grid) == std::vector<double>{-10, 0, 10});
}

TEST_CASE("a grid goes around the Earth also where its ends were rounded", "[grib]") {
    CHECK(gfs::goes_around({.columns = 1440, .rows = 1, .last_longitude = 359.75}));
    CHECK(gfs::goes_around({.columns = 384, .rows = 1, .last_longitude = 359.062}));
    CHECK_FALSE(gfs::goes_around({.columns = 1439, .rows = 1, .last_longitude = 359.5}));
    CHECK_FALSE(gfs::goes_around({.columns = 1441, .rows = 1, .last_longitude = 360}));
    CHECK_FALSE(gfs::goes_around({.columns = 1, .rows = 1}));
}

TEST_CASE("longitudes of a westward grid descend", "[grib]") {
    const Grid grid{.columns = 3, .rows = 1, .goes_west = true, .first_longitude = 10, .last_longitude = 350};
    CHECK(gfs::longitudes(grid) == std::vector<double>{10, 0, -10});
}

TEST_CASE("the latitudes of a Gaussian grid follow from its number", "[grib]") {
    Grid grid{.kind = gfs::GridKind::gaussian, .columns = 1, .rows = 64, .first_latitude = 87.864};
    grid.gaussian_number = 32;
    const auto lat = gfs::latitudes(grid);
    CHECK(lat.front() == Approx(87.8638));
    CHECK(lat[31] == Approx(1.39531).epsilon(1e-4));
    CHECK(lat.back() == Approx(-87.8638));
}

TEST_CASE("alternating rows are reordered to one direction", "[grib]") {
    std::vector<float> values{1, 2, 3, 6, 5, 4, 7, 8, 9};
    gfs::to_row_major(Grid{.columns = 3, .rows = 3, .rows_alternate = true}, values);
    CHECK(values == std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("a column-major grid is reordered to rows", "[grib]") {
    std::vector<float> values{1, 4, 2, 5, 3, 6};
    gfs::to_row_major(Grid{.columns = 3, .rows = 2, .column_major = true}, values);
    CHECK(values == std::vector<float>{1, 2, 3, 4, 5, 6});
}
