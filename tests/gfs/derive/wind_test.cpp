// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "derive/wind.hpp"

#include "derive/converting.hpp"
#include "netcdf/define_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <numbers>

using gfs::wind_from_direction;
using gfs::wind_speed;
using gfs::Winds;
using gfs::test::ConversionFixture;
using gfs::test::encode;

namespace {

std::string wind(const std::vector<double>& u, const std::vector<double>& v, long height = 10) {
    return encode({.category = 2, .number = 2, .scaled_value = height, .values = u}) +
           encode({.category = 2, .number = 3, .scaled_value = height, .values = v});
}

const std::vector<double> u{3, 0, 0, 5, -5, 1, -1, 1, -1, 0, 8, -6};
const std::vector<double> v{4, 5, -5, 0, 0, 1, 1, -1, -1, 0, 6, -8};

gfs::FileLayout layout_with(std::string u_name, std::string v_name) {
    gfs::FileLayout layout;
    layout.times.push_back({.name = "time"});
    for (const auto& [name, number] : {std::pair(u_name, 2), std::pair(v_name, 3)}) {
        gfs::Variable variable{.name = name + "_10m",
                               .cf = {},
                               .parameter = {0, 2, number},
                               .level = {{103, 10.0}, {}},
                               .axes = {},
                               .statistic = "point",
                               .messages = {0}};
        variable.cf.standard_name = name;
        layout.variables.push_back(variable);
    }
    return layout;
}

}  // namespace

TEST_CASE("the speed of the wind is the length of its vector", "[enhance]") {
    CHECK(wind_speed(3, 4) == 5);
    CHECK(wind_speed(-8, 6) == 10);
    CHECK(wind_speed(0, 0) == 0);
}

TEST_CASE("wind direction is where the wind blows from, clockwise from north", "[enhance]") {
    CHECK(*wind_from_direction(0, -5) == 0);  // a north wind blows to the south
    CHECK(*wind_from_direction(-0.0, -5) == 0);
    CHECK(*wind_from_direction(-5, 0) == Approx(90));
    CHECK(*wind_from_direction(0, 5) == Approx(180));
    CHECK(*wind_from_direction(5, 0) == Approx(270));
    CHECK(*wind_from_direction(1, 1) == Approx(225));  // towards the north-east, from the south-west
    CHECK(*wind_from_direction(1, -1) == Approx(315));
    CHECK(*wind_from_direction(-1, 1) == Approx(135));
    CHECK(*wind_from_direction(-1, -1) == Approx(45));
    CHECK(*wind_from_direction(1, 2) == Approx(206.565));
    CHECK_FALSE(wind_from_direction(0, 0));
}

TEST_CASE("speed and direction are computed from the file's components", "[enhance]") {
    ConversionFixture fixture;
    Winds winds;
    fixture.convert(wind(u, v), {&winds});
    const auto speed = fixture.values("wind_speed_10m");
    const auto direction = fixture.values("wind_from_direction_10m");
    CHECK(speed == std::vector<float>{5, 5, 5, 5, 5, 1.41421356F, 1.41421356F, 1.41421356F, 1.41421356F, 0, 10, 10});
    const std::vector<float> expected{216.869897F,     180,         0,         270, 90, 225, 135, 315, 45,
                                      gfs::fill_value, 233.130102F, 36.869897F};
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(direction[i] == Approx(expected[i]));
}

TEST_CASE("derived winds carry CF's names and their sources", "[enhance]") {
    ConversionFixture fixture;
    Winds winds;
    fixture.convert(wind(u, v, 100), {&winds});
    CHECK(fixture.text("wind_speed_100m", "standard_name") == "wind_speed");
    CHECK(fixture.text("wind_speed_100m", "units") == "m s-1");
    CHECK(fixture.text("wind_from_direction_100m", "standard_name") == "wind_from_direction");
    CHECK(fixture.text("wind_from_direction_100m", "units") == "degree");
    CHECK(fixture.text("wind_from_direction_100m", "cell_methods") == "time: point");
    CHECK(fixture.text("wind_from_direction_100m", "derived_from") == "eastward_wind_100m northward_wind_100m");
    CHECK(fixture.text("wind_from_direction_100m", "coordinates") ==
          "forecast_reference_time forecast_period height_100m");
}

TEST_CASE("winds of different heights stay separate in any order of messages", "[enhance]") {
    ConversionFixture fixture;
    Winds winds;
    const std::vector<double> three(12, 3);
    const std::vector<double> four(12, 4);
    const std::vector<double> twelve(12, 12);
    const std::vector<double> five(12, 5);
    const auto v10 = encode({.category = 2, .number = 3, .scaled_value = 10, .values = four});
    const auto u10 = encode({.category = 2, .number = 2, .scaled_value = 10, .values = three});
    const auto u100 = encode({.category = 2, .number = 2, .scaled_value = 100, .values = five});
    const auto v100 = encode({.category = 2, .number = 3, .scaled_value = 100, .values = twelve});
    fixture.convert(v10 + u100 + v100 + u10, {&winds});
    CHECK(fixture.values("wind_speed_10m") == std::vector<float>(12, 5));
    CHECK(fixture.values("wind_speed_100m") == std::vector<float>(12, 13));
    CHECK(fixture.values("wind_from_direction_10m")[0] == Approx(216.8699));
}

TEST_CASE("speed and direction are missing where a component is", "[enhance]") {
    ConversionFixture fixture;
    Winds winds;
    fixture.convert(encode({.category = 2, .number = 2, .scaled_value = 10, .values = u, .missing = 8.0}) +
                        encode({.category = 2, .number = 3, .scaled_value = 10, .values = v}),
                    {&winds});
    CHECK(fixture.values("wind_speed_10m")[10] == gfs::fill_value);
    CHECK(fixture.values("wind_from_direction_10m")[10] == gfs::fill_value);
    CHECK(fixture.values("wind_speed_10m")[11] == 10);
}

TEST_CASE("a single component, or winds at other heights, add no variable", "[enhance]") {
    ConversionFixture fixture;
    Winds winds;
    const auto made =
        fixture.convert(encode({.category = 2, .number = 2, .scaled_value = 10}) + wind(u, v, 80), {&winds});
    CHECK(made.variables.size() == 3);
}

TEST_CASE("components along a projected grid yield a speed and no direction", "[enhance]") {
    gfs::FileLayout layout = layout_with("x_wind", "y_wind");
    Winds().plan(layout, {});
    REQUIRE(layout.variables.size() == 3);
    CHECK(layout.variables[2].name == "wind_speed_10m");
}

TEST_CASE("a wind speed of the file itself is not replaced", "[enhance]") {
    gfs::FileLayout layout = layout_with("eastward_wind", "northward_wind");
    layout.variables.push_back(layout.variables[0]);
    layout.variables[2].name = "wind_speed_10m";
    layout.variables[2].parameter = {0, 2, 1};
    Winds().plan(layout, {});
    REQUIRE(layout.variables.size() == 4);
    CHECK(layout.variables[3].name == "wind_from_direction_10m");
}

TEST_CASE("a wind's speed is rounded as its finer component, and its direction by what that turns a strong wind",
          "[enhance]") {
    ConversionFixture fixture;
    fixture.precision = gfs::Precision::packing;
    Winds winds;
    std::vector<double> strong = v;
    for (double& value : strong) value *= 64;
    fixture.convert(wind(u, strong), {&winds});
    const double step = fixture.number("eastward_wind_10m", "rounding_step");
    CHECK(step < fixture.number("northward_wind_10m", "rounding_step"));
    CHECK(fixture.number("wind_speed_10m", "rounding_step") == step);
    const double direction_step = fixture.number("wind_from_direction_10m", "rounding_step");
    const double turn = std::atan(step / 128) * 180 / std::numbers::pi;
    CHECK(direction_step <= turn / 2);
    CHECK(direction_step > turn / 4.01);
    for (const float value : fixture.values("wind_from_direction_10m"))
        if (value != gfs::fill_value) CHECK(std::fmod(value, direction_step) == 0);
    for (const float value : fixture.values("wind_speed_10m")) CHECK(std::fmod(value, step) == 0);
}
