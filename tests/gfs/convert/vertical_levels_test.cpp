// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/vertical_levels.hpp"

#include <catch2/catch.hpp>

using gfs::Level;

namespace {

Level at(int type, double value) { return {.first = {.type = type, .value = value}, .second = {}}; }

Level layer(int type, double first, double second) {
    return {.first = {.type = type, .value = first}, .second = gfs::Surface{.type = type, .value = second}};
}

}  // namespace

TEST_CASE("a variable's name ends with its level", "[netcdf]") {
    CHECK(gfs::name_suffix(at(103, 2)) == "2m");
    CHECK(gfs::name_suffix(at(100, 50000)) == "isobaric");
    CHECK(gfs::name_suffix(at(1, 0)) == "surface");
    CHECK(gfs::name_suffix(at(7, 0)) == "tropopause");
    CHECK(gfs::name_suffix(layer(106, 0, 0.1)) == "depth");
    CHECK(gfs::name_suffix(layer(104, 0.33, 1)) == "sigma_layer");
    CHECK(gfs::name_suffix(at(133, 4)) == "level_133");
}

TEST_CASE("a scalar coordinate is named by type and value of its level", "[netcdf]") {
    CHECK(gfs::scalar_name(at(103, 10)) == "height_10m");
    CHECK(gfs::scalar_name(at(100, 50000)) == "isobaric_500hPa");
    CHECK(gfs::scalar_name(at(100, 40)) == "isobaric_0p4hPa");
    CHECK(gfs::scalar_name(at(104, 0.995)) == "sigma_0p995");
    CHECK(gfs::scalar_name(at(109, -2e-06)) == "potential_vorticity_minus_2e_minus_06");
    CHECK(gfs::scalar_name(layer(108, 3000, 0)) == "pressure_above_ground_layer_30_to_0hPa");
}

TEST_CASE("the coordinate of a layer is its middle, its bounds are in order", "[netcdf]") {
    CHECK(gfs::coordinate(layer(108, 18000, 0)) == 9000);
    CHECK(gfs::bounds(layer(108, 18000, 0)) == std::pair(0.0, 18000.0));
}

TEST_CASE("heights above ground are separate variables, pressures share a dimension", "[netcdf]") {
    CHECK_FALSE(gfs::is_stacked(at(103, 2)));
    CHECK(gfs::is_stacked(at(100, 50000)));
    CHECK(gfs::is_stacked(layer(103, 3000, 0)));
    CHECK_FALSE(gfs::is_stacked(at(7, 0)));
}
