// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_layers.hpp"

#include "sample_map_times.hpp"

#include <catch2/catch.hpp>

using namespace gfs;

TEST_CASE("each variable with a palette is a layer, at the times that have it", "[gfs]") {
    const auto layers = map_layers(test::sample_map_times(), {});
    REQUIRE(layers.size() == 4);
    CHECK(layers[0].field.variable == "air_temperature_2m");
    CHECK(layers[0].times.size() == 2);
    CHECK(layers[3].field.variable == "precipitation_amount_surface_bucket");
    CHECK(layers[3].times == std::vector<std::string>{"2026-08-21T07:00:00Z"});
}

TEST_CASE("the user's palettes make a layer of another variable, and none of a variable without a colour", "[gfs]") {
    const Styles styles{
        .palettes = {{"vegetation_surface", {{0, "some", "#00ff00"}}}, {"air_temperature", {{0, "", ""}}}},
        .errors = {}};
    const auto layers = map_layers(test::sample_map_times(), styles);
    REQUIRE(layers.size() == 4);
    CHECK(layers[0].field.variable == "eastward_wind_10m");
    CHECK(layers[3].field.variable == "vegetation_surface");
    CHECK(layers[3].times.size() == 2);
}

TEST_CASE("arrows are made of two components of the same wind only", "[gfs]") {
    auto times = test::sample_map_times();
    CHECK(wind_arrows(map_layers(times, {})) == std::vector<WindArrows>{{"wind_10m", 1, 2}});
    auto apart = times;
    apart[0].content.fields.erase(apart[0].content.fields.begin() + 1);  // the one component at 06, the other at 07
    apart[1].content.fields.erase(apart[1].content.fields.begin());
    CHECK(wind_arrows(map_layers(apart, {})).empty());
    for (auto& time : times) time.content.fields[1].variable = "northward_wind_100m";
    CHECK(wind_arrows(map_layers(times, {})).empty());
}

TEST_CASE("the times of several layers are those that each of them has", "[gfs]") {
    auto layers = map_layers(test::sample_map_times(), {});
    CHECK(common_times(layers) == std::vector<std::string>{"2026-08-21T07:00:00Z"});
    layers.pop_back();
    CHECK(common_times(layers).size() == 2);
    CHECK(common_times({}).empty());
}

TEST_CASE("a palette of the user's that no variable of the map uses is named, with the name that was meant", "[gfs]") {
    const Styles styles{.palettes = {{"air_temprature_2m", {}}, {"air_temperature", {}}, {"wind", {}}}, .errors = {}};
    const auto unused = unused_styles(styles, test::sample_map_times());
    REQUIRE(unused.size() == 2);
    CHECK(unused[0] ==
          "'air_temprature_2m' is no variable and no standard name of this map; did you mean "
          "'air_temperature_2m'?");
    CHECK(unused[1] == "'wind' is no variable and no standard name of this map");
}
