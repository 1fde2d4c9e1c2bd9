// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_layers.hpp"

#include "made_times.hpp"

#include <catch2/catch.hpp>

using namespace gfs;

TEST_CASE("there is a layer for each variable with a palette, at the times that have it", "[gfs]") {
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
