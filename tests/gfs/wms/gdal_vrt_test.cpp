// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "wms/gdal_vrt.hpp"

#include "sample_map_times.hpp"

#include <catch2/catch.hpp>

using namespace gfs;
using Catch::Contains;

namespace {

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("a missing field has an empty band, so that bands have the same meaning at all times", "[gfs]") {
    const auto times = test::sample_map_times();
    const auto layers = map_layers(times);
    const auto first = gdal_vrt(times[0], layers), second = gdal_vrt(times[1], layers);
    CHECK(count(first, "<VRTRasterBand") == 4);
    CHECK(count(second, "<VRTRasterBand") == 4);
    CHECK_THAT(first, !Contains("precipitation"));
    CHECK_THAT(second, Contains("NETCDF:&quot;../a.f001.nc&quot;:precipitation_amount_surface_bucket"));
}

TEST_CASE("file names are relative to the raster, so that a store can be moved", "[gfs]") {
    const auto times = test::sample_map_times();
    const auto text = gdal_vrt(times[0], map_layers(times));
    CHECK(count(text, "relativeToVRT=\"1\"") == count(text, "<SourceFilename"));
}

TEST_CASE("file names are escaped for XML", "[gfs]") {
    auto time = test::sample_map_times()[0];
    time.file = "R&D<1>.nc";
    CHECK_THAT(gdal_vrt(time, map_layers({time})), Contains("R&amp;D&lt;1>.nc"));
}
