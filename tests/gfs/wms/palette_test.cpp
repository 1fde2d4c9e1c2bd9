// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/palette.hpp"

#include <catch2/catch.hpp>

TEST_CASE("a palette has ascending bounds after an unbounded first step", "[gfs]") {
    for (const char* name : {"air_temperature", "wind_speed", "eastward_wind", "precipitation_amount",
                             "air_pressure_at_mean_sea_level", "cloud_area_fraction", "relative_humidity"}) {
        INFO(name);
        const auto palette = gfs::palette_for(name);
        REQUIRE(palette.size() > 2);
        CHECK_FALSE(palette[0].from);
        for (std::size_t i = 2; i < palette.size(); ++i) CHECK(*palette[i].from > *palette[i - 1].from);
    }
}

TEST_CASE("a standard name without a palette has no colours", "[gfs]") { CHECK(gfs::palette_for("soil_type").empty()); }
