// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/map_layers.hpp"

#include <catch2/catch.hpp>

using namespace gfs;
using Catch::Contains;

namespace {

MapField field_of(const std::string& standard_name) {
    return {.variable = "x", .standard_name = standard_name, .long_name = "", .units = ""};
}

}  // namespace

TEST_CASE("a palette has ascending bounds after an unbounded first step", "[gfs]") {
    for (const char* name : {"air_temperature", "wind_speed", "eastward_wind", "precipitation_amount",
                             "air_pressure_at_mean_sea_level", "cloud_area_fraction", "relative_humidity"}) {
        INFO(name);
        const auto palette = palette_for(field_of(name), {});
        REQUIRE(palette.size() > 2);
        CHECK_FALSE(palette[0].from);
        for (std::size_t i = 2; i < palette.size(); ++i) CHECK(*palette[i].from > *palette[i - 1].from);
    }
}

TEST_CASE("a standard name without a palette has no colours", "[gfs]") {
    CHECK(palette_for(field_of("soil_type"), {}).empty());
}

TEST_CASE("the user's colours of a variable count before those of its standard name, and both before the built-in ones",
          "[gfs]") {
    const auto styles = parse_styles(
        "# cold and warm\n"
        "air_temperature, , #0000ff, below 0 °C, frost\r\n"
        "air_temperature, 273.15, #ff0000, 0 °C\n\n"
        "air_temperature_2m,250,,cold\n"
        "soil_temperature,1e-5,#ABCDEF,\n");
    CHECK(styles.errors.empty());
    const MapField near{
        .variable = "air_temperature_2m", .standard_name = "air_temperature", .long_name = "", .units = ""};
    CHECK(palette_for(near, styles) == std::vector<ColourStep>{{250.0, "cold", ""}});
    CHECK(palette_for(field_of("air_temperature"), styles) ==
          std::vector<ColourStep>{{std::nullopt, "below 0 °C, frost", "#0000ff"}, {273.15, "0 °C", "#ff0000"}});
    CHECK(palette_for(field_of("soil_temperature"), styles) == std::vector<ColourStep>{{1e-5, "", "#ABCDEF"}});
    CHECK(palette_for(field_of("wind_speed"), styles) == palette_for(field_of("wind_speed"), {}));
}

TEST_CASE("a name with a line that is not valid is left out as a whole, and the line is named", "[gfs]") {
    const auto [line, message] = GENERATE(table<std::string, std::string>({
        {"t,x,#000000,", "'x' is not a number"},
        {"t,inf,#000000,", "the lower bound is not finite"},
        {"t,5,red,", "'red' is not a colour like #08306b"},
        {"t,5,#12345g,", "'#12345g' is not a colour like #08306b"},
        {"t,,#000000,", "only the first line of a name may lack its lower bound"},
        {"t,1,#000000,", "1 is not above 1"},
        {"t,5,#000000", "not name,from,colour,label"},
    }));
    const auto styles = parse_styles("t,1,#ffffff,one\n" + line + "\nt,9,#ffffff,nine\nu,1,#ffffff,one\n");
    REQUIRE(styles.errors.size() == 1);
    CHECK_THAT(styles.errors[0], Contains("line 2, 't': ") && Contains(message));
    CHECK_FALSE(styles.palettes.contains("t"));
    CHECK(styles.palettes.contains("u"));
}
