// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/mapfile.hpp"

#include "sample_map_times.hpp"

#include <catch2/catch.hpp>

using namespace gfs;
using Catch::Contains;

namespace {

std::string layers_text() {
    const auto times = test::sample_map_times();
    return mapfile_layers(times, map_layers(times));
}

}  // namespace

TEST_CASE("a layer is offered at the times that have it, the first by default", "[gfs]") {
    CHECK_THAT(layers_text(), Contains("\"wms_timeextent\" \"2026-08-21T06:00:00Z,2026-08-21T07:00:00Z\""));
    CHECK_THAT(layers_text(), Contains("\"wms_timeextent\" \"2026-08-21T07:00:00Z\""));
    CHECK_THAT(layers_text(), Contains("\"wms_timedefault\" \"2026-08-21T07:00:00Z\""));
}

TEST_CASE("each time has a raster", "[gfs]") {
    CHECK_THAT(layers_text(),
               Contains("\"a.f000.vrt;2026-08-21T06:00:00Z\"") && Contains("\"a.f001.vrt;2026-08-21T07:00:00Z\""));
}

TEST_CASE("the paths in a mapfile are relative to the mapfile", "[gfs]") {
    const auto text = mapfile({.name = "gfs.0p25", .title = "a title", .rasters = "2026-08-21T06/r1/maps"});
    CHECK_THAT(text, Contains("SHAPEPATH \"2026-08-21T06/r1/maps\"") &&
                         Contains("INCLUDE \"2026-08-21T06/r1/maps/layers.map\""));
}

TEST_CASE("quotes in a name are escaped", "[gfs]") {
    CHECK_THAT(mapfile({.name = "a\"b", .title = "", .rasters = "."}), Contains("NAME \"a\\\"b\""));
}
