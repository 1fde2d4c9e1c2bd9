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
    return mapfile_layers(times, map_layers(times, {}));
}

}  // namespace

TEST_CASE("a layer is offered at the times that have it, and by default at the newest that all layers have", "[gfs]") {
    CHECK_THAT(layers_text(), Contains("\"wms_timeextent\" \"2026-08-21T06:00:00Z,2026-08-21T07:00:00Z\""));
    CHECK_THAT(layers_text(), Contains("\"wms_timeextent\" \"2026-08-21T07:00:00Z\""));
    CHECK_THAT(layers_text(), Contains("\"default_time\" \"2026-08-21T07:00:00Z\"") &&
                                  !Contains("\"default_time\" \"2026-08-21T06:00:00Z\""));
    auto times = test::sample_map_times();
    std::swap(times[0].content, times[1].content);  // rain at 06, but not at 07
    CHECK_THAT(mapfile_layers(times, map_layers(times, {})),
               Contains("\"default_time\" \"2026-08-21T06:00:00Z\"") &&
                   !Contains("\"default_time\" \"2026-08-21T07:00:00Z\""));
    std::erase_if(times[0].content.fields, [](const MapField& field) { return field.units != "kg m-2"; });
    CHECK_THAT(mapfile_layers(times, map_layers(times, {})), Contains("\"default_time\" \"2026-08-21T06:00:00Z\"") &&
                                                                 Contains("\"default_time\" \"2026-08-21T07:00:00Z\""));
}

TEST_CASE("a map has the extent of its grid", "[gfs]") {
    auto times = test::sample_map_times();
    for (auto& time : times) time.content.latitude = {35, 0.25, 33}, time.content.longitude = {350, 0.25, 49};
    const auto text = mapfile_layers(times, map_layers(times, {}));
    CHECK_THAT(text, Contains("  EXTENT -10.125 34.875 2.125 43.125\n") &&
                         Contains("\"wms_extent\" \"-10.125 34.875 2.125 43.125\"") && !Contains("-180"));
    CHECK_THAT(mapfile_layers({}, {}), Contains("  EXTENT -180 -90 180 90\n"));
}

TEST_CASE("a colour without bounds is for all values", "[gfs]") {
    const auto times = test::sample_map_times();
    const Styles styles{.palettes = {{"air_temperature", {{std::nullopt, "all", "#00ff00"}}}}, .errors = {}};
    CHECK_THAT(mapfile_layers(times, map_layers(times, styles)),
               Contains("CLASS NAME \"all\" STYLE COLOR \"#00ff00\" END END"));
}

TEST_CASE("arrows are not offered in coordinate systems in which the server would not turn them", "[gfs]") {
    const auto text = layers_text();
    const auto arrows = text.substr(text.find("NAME \"wind_10m\""));
    CHECK_THAT(arrows, Contains("\"wms_srs\" \"EPSG:4326 CRS:84 EPSG:3857\""));
    CHECK_THAT(text, Contains("\"wms_srs\" \"EPSG:4326 CRS:84 EPSG:3857 EPSG:3338 EPSG:3413 EPSG:3995\""));
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
