// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/scan.hpp"

#include "freshet/error.hpp"
#include "real_data.hpp"
#include "simulator/files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using gfs::idx::scan;

TEST_CASE("a scan finds every field of a complete file", "[gfs]") {
    const auto file = gfs::test::real_file("gfs.20200804.t12z.0p25.eu49x33.f006.grib2");
    if (!file) return;
    const auto fields = scan(gfs::simulator::read_file(*file), "f006");
    CHECK(fields.size() == 588);
    CHECK(std::ranges::count_if(fields, [](const auto& field) { return field.statistic.has_value(); }) == 42);
}

TEST_CASE("both components of a wind in one message are found", "[gfs]") {
    const auto file = gfs::test::real_file("gfs.20110110.t12z.2p50.f120.grib2");
    if (!file) return;
    const auto fields = scan(gfs::simulator::read_file(*file), "f120");
    CHECK(fields.size() == 343);
    CHECK(fields.back().message == 307);
    const auto second = std::ranges::find(fields, 2, &gfs::idx::ScannedField::submessage);
    REQUIRE(second != fields.end());
    CHECK(second->offset == std::prev(second)->offset);
    CHECK(second->parameter == gfs::idx::Parameter{0, 2, 3});
}

TEST_CASE("a message that was cut is named", "[gfs]") {
    const auto file = gfs::test::real_file("gfs.20260724.t00z.0p25.f000.first1MiB-truncated.grib2");
    if (!file) return;
    CHECK_THROWS_WITH(scan(gfs::simulator::read_file(*file), "f000"),
                      "scanning 'f000': message 3 at byte 991113 cannot be read: it ends before its stated length");
}

TEST_CASE("bytes that are not GRIB are refused", "[gfs]") {
    CHECK_THROWS_WITH(scan("<html>", "f"),
                      "scanning 'f': message 1 at byte 0 cannot be read: it does not start with 'GRIB'");
    CHECK(scan("", "f").empty());
}

TEST_CASE("a section that lies about its length does not lead out of the message", "[gfs]") {
    std::string message("GRIB\0\0\0\2\0\0\0\0\0\0\0\x1c", 16);
    message += std::string("\0\0\0\xff\1", 5) + "abc7777";
    CHECK_THROWS_WITH(scan(message, "f"),
                      "scanning 'f': message 1 at byte 0 cannot be read: a section reaches past its end");
}
