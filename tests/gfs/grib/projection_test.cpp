// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/projection.hpp"

#include <catch2/catch.hpp>

using gfs::Grid;
using gfs::GridKind;
using gfs::MapPoint;
using gfs::MapProjection;
using gfs::Position;

namespace {

Grid lambert(gfs::Earth earth, gfs::Projection projection) {
    return {.kind = GridKind::lambert, .earth = earth, .projection = projection};
}

void check_both_ways(const Grid& grid, Position position, MapPoint point, double margin) {
    const MapProjection projection(grid);
    CHECK(projection.forward(position).x == Approx(point.x).margin(margin));
    CHECK(projection.forward(position).y == Approx(point.y).margin(margin));
    const Position back = projection.inverse(projection.forward(position));
    CHECK(back.latitude == Approx(position.latitude).margin(1e-9));
    CHECK(back.longitude == Approx(position.longitude).margin(1e-9));
}

}  // namespace

// The numerical examples of Snyder's manual, pages 295, 296 and 314.
TEST_CASE("Lambert's projection of a sphere reproduces Snyder's example", "[grib]") {
    const Grid grid =
        lambert({1, 1}, {.central_longitude = -96, .true_latitude = 23, .first_parallel = 33, .second_parallel = 45});
    check_both_ways(grid, {35, -75}, {0.2966785, 0.2462112}, 1e-7);
}

TEST_CASE("Lambert's projection of an ellipsoid reproduces Snyder's example", "[grib]") {
    const double axis = 6378206.4;
    const Grid grid =
        lambert({axis, axis * std::sqrt(1 - 0.00676866)},
                {.central_longitude = -96, .true_latitude = 23, .first_parallel = 33, .second_parallel = 45});
    check_both_ways(grid, {35, -75}, {1894410.9, 1564649.5}, 0.1);
}

TEST_CASE("the south polar stereographic projection of an ellipsoid reproduces Snyder's example", "[grib]") {
    const double axis = 6378388.0;
    const Grid grid{.kind = GridKind::polar_stereographic,
                    .earth = {axis, axis * std::sqrt(1 - 0.00672267)},
                    .projection = {.central_longitude = -100, .true_latitude = 71, .is_south = true}};
    check_both_ways(grid, {-75, 150}, {-1540033.6, -560526.4}, 0.1);
}

TEST_CASE("Mercator's projection reproduces Snyder's examples", "[grib]") {
    Grid grid{.kind = GridKind::mercator, .earth = {1, 1}, .projection = {.central_longitude = -180}};
    check_both_ways(grid, {35, -75}, {1.8325957, 0.6528366}, 1e-7);
    const double axis = 6378206.4;
    grid.earth = {axis, axis * std::sqrt(1 - 0.00676866)};
    check_both_ways(grid, {35, -75}, {11688673.7, 4139145.6}, 0.1);
    grid.projection.true_latitude = 60;
    CHECK(MapProjection(grid).forward({35, -75}).x < 11688673.7 / 1.99);
}

TEST_CASE("a rotated globe has its centre opposite to the pole's meridian", "[grib]") {
    const gfs::RotatedGlobe europe({39.25, -162});  // of the CORDEX domain EUR-11, whose centre is 18 E, 50.75 N
    const Position centre = europe.to_geographic({0, 0});
    CHECK(centre.latitude == Approx(50.75));
    CHECK(centre.longitude == Approx(18));
    CHECK(europe.to_rotated({39.25, -162}).latitude == Approx(90));
    CHECK(europe.to_geographic({10, 0}).latitude == Approx(60.75));
    CHECK(europe.to_geographic({0, 1}).longitude > 18);
    for (const Position rotated : {Position{-23, -28}, Position{21, 18}, Position{80, 170}}) {
        const Position back = europe.to_rotated(europe.to_geographic(rotated));
        CHECK(back.latitude == Approx(rotated.latitude));
        CHECK(back.longitude == Approx(rotated.longitude));
    }
}

TEST_CASE("Lambert's cone may stand on the South Pole, and touch at one parallel", "[grib]") {
    const Grid north =
        lambert({6371229, 6371229},
                {.central_longitude = 25, .true_latitude = 40, .first_parallel = 40, .second_parallel = 40});
    const Grid south =
        lambert({6371229, 6371229},
                {.central_longitude = 25, .true_latitude = -40, .first_parallel = -40, .second_parallel = -40});
    const MapPoint above = MapProjection(north).forward({50, 30});
    check_both_ways(south, {-50, 30}, {above.x, -above.y}, 1e-6);
}

TEST_CASE("parallels symmetric about the equator are an error", "[grib]") {
    CHECK_THROWS_WITH(MapProjection(lambert({1, 1}, {.first_parallel = -30, .second_parallel = 30})),
                      Catch::Matchers::Contains("there is no cone through its parallels -30 and 30"));
}

TEST_CASE("coordinates of a projected grid follow the file's order", "[grib]") {
    Grid grid = lambert({6371229, 6371229}, {.central_longitude = 265,
                                             .true_latitude = 25,
                                             .first_parallel = 25,
                                             .second_parallel = 25,
                                             .dx = 1000,
                                             .dy = 2000});
    grid.columns = 2;
    grid.rows = 2;
    grid.goes_north = true;
    grid.first_latitude = 25;
    grid.first_longitude = 265;
    CHECK(gfs::projection_x_coordinates(grid) == std::vector<double>{0, 1000});
    CHECK(gfs::projection_y_coordinates(grid)[1] == Approx(2000));
    grid.goes_north = false;
    grid.goes_west = true;
    CHECK(gfs::projection_x_coordinates(grid) == std::vector<double>{0, -1000});
    CHECK(gfs::projection_y_coordinates(grid)[1] == Approx(-2000));
    CHECK(gfs::positions(grid)[0].longitude == Approx(-95));
    CHECK(gfs::positions(grid)[3].latitude < 25);
}
