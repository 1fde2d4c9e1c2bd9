// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/message.hpp"
#include "grib/level_kinds.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using gfs::Level;
using gfs::level_text;
using gfs::ScaledNumber;

namespace {

Level at(int type, double value) { return {.first = {.type = type, .value = value}, .second = {}}; }

Level layer(int type, double first, double second) {
    return {.first = {.type = type, .value = first}, .second = gfs::Surface{.type = type, .value = second}};
}

/// The time text of a field between two hours after the reference time.
std::string time_text(int begin, int end, std::optional<int> process) {
    constexpr std::chrono::sys_seconds reference = std::chrono::sys_days{std::chrono::year{2025} / 8 / 1};
    return gfs::time_text({.begin = reference + std::chrono::hours(begin),
                           .end = reference + std::chrono::hours(end),
                           .process = process},
                          reference);
}

}  // namespace

TEST_CASE("levels are written as wgrib2 writes them", "[grib]") {
    CHECK(level_text({.first = {.type = 1, .value = {}}, .second = {}}) == "surface");
    CHECK(level_text(at(1, 0)) == "surface");
    CHECK(level_text(at(103, 2)) == "2 m above ground");
    CHECK(level_text(at(100, 50000)) == "500 mb");
    CHECK(level_text(at(100, 40)) == "0.4 mb");
    CHECK(level_text(at(100, 1)) == "0.01 mb");
    CHECK(level_text(layer(106, 0.1, 0.4)) == "0.1-0.4 m below ground");
    CHECK(level_text(layer(108, 18000, 0)) == "180-0 mb above ground");
    CHECK(level_text(at(109, -2e-06)) == "PV=-2e-06 (Km^2/kg/s) surface");
    CHECK(level_text(at(241, 1)) == "1 in sequence");
    CHECK(level_text(at(200, 0)) == "entire atmosphere (considered as a single layer)");
}

TEST_CASE("a level of an unknown type is written by its number", "[grib]") {
    CHECK(level_text(at(133, 4)) == "lvl1=(133,4)");
    CHECK(level_text({.first = {.type = 1, .value = 0}, .second = gfs::Surface{.type = 8, .value = 0}}) ==
          "surface - top of atmosphere");
}

TEST_CASE("each type of level has one row", "[grib]") {
    int last = 0;
    for (const gfs::LevelKind& kind : gfs::level_kinds()) {
        CHECK(kind.type > last);
        last = kind.type;
    }
}

TEST_CASE("times are written as wgrib2 writes them", "[grib]") {
    CHECK(time_text(0, 0, {}) == "anl");
    CHECK(time_text(24, 24, {}) == "24 hour fcst");
    CHECK(time_text(6, 7, 1) == "6-7 hour acc fcst");
    CHECK(time_text(0, 24, 1) == "0-1 day acc fcst");
    CHECK(time_text(18, 24, 0) == "18-24 hour ave fcst");
    CHECK(time_text(6, 12, 2) == "6-12 hour max fcst");
    CHECK(time_text(6, 12, 6) == "6-12 hour StdDev fcst");
}

TEST_CASE("a scaled number is decoded exactly and encoded with as few decimals as it needs", "[grib]") {
    CHECK(ScaledNumber{.scale = 4, .value = 9950}.number() == 0.995);
    CHECK(ScaledNumber{.scale = -2, .value = 500}.number() == 50000);
    const ScaledNumber sigma = gfs::to_scaled(0.995);
    CHECK(sigma.scale == 3);
    CHECK(sigma.value == 995);
    const ScaledNumber vorticity = gfs::to_scaled(-2e-06);
    CHECK(vorticity.scale == 6);
    CHECK(vorticity.value == -2);
}

TEST_CASE("a unit of time without a fixed length is an error", "[grib]") {
    CHECK(gfs::unit_length(11) == std::chrono::hours(6));
    CHECK_THROWS_WITH(gfs::unit_length(3), "its unit of time is 3, which has no fixed length");
}
