// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/scan.hpp"

#include "freshet/error.hpp"
#include "made_up_grib.hpp"
#include "real_data.hpp"
#include "simulator/publish.hpp"

#include "freshet/file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using gfs::scan;

TEST_CASE("a scan finds every field of a complete file", "[gfs]") {
    const auto file = gfs::test::real_file("gfs.20200804.t12z.0p25.eu49x33.f006.grib2");
    if (!file) return;
    const auto fields = scan(freshet::read_file(*file), "f006");
    CHECK(fields.size() == 588);
    CHECK(std::ranges::count_if(fields, [](const auto& field) { return field.validity.process.has_value(); }) == 42);
}

TEST_CASE("a scan finds both wind components of one message", "[gfs]") {
    const auto file = gfs::test::real_file("gfs.20110110.t12z.2p50.f120.grib2");
    if (!file) return;
    const auto fields = scan(freshet::read_file(*file), "f120");
    CHECK(fields.size() == 343);
    CHECK(fields.back().message == 307);
    const auto second = std::ranges::find(fields, 2, &gfs::ScannedField::submessage);
    REQUIRE(second != fields.end());
    CHECK(second->offset == std::prev(second)->offset);
    CHECK(second->parameter == gfs::GribParameter{0, 2, 3});
}

TEST_CASE("a scan names a message that is cut off", "[gfs]") {
    const auto file = gfs::test::real_file("gfs.20260724.t00z.0p25.f000.first1MiB-truncated.grib2");
    if (!file) return;
    CHECK_THROWS_WITH(
        scan(freshet::read_file(*file), "f000"),
        "scanning 'f000': message 3 at byte 991113: it is truncated: it states 175984 bytes, and 57463 are there");
}

TEST_CASE("bytes that are not GRIB are refused", "[gfs]") {
    CHECK_THROWS_WITH(scan("<html>", "f"),
                      "scanning 'f': message 1 at byte 0: it does not begin with 'GRIB' but with '<html>'");
    CHECK(scan("", "f").empty());
}

TEST_CASE("a scan skips a short header between messages and does not search through a long one", "[gfs]") {
    const std::string message = gfs::test::encode({});
    const auto fields = scan(message + "\r\r\n" + message, "f");
    REQUIRE(fields.size() == 2);
    CHECK(fields[1].offset == message.size() + 3);
    CHECK(scan(message + "\n", "f").size() == 1);
    CHECK_THROWS_WITH(
        scan(message + std::string(70'000, ' ') + message, "f"),
        Catch::Contains("message 2 at byte " + std::to_string(message.size()) + ": it does not begin with 'GRIB'"));
}

TEST_CASE("a section longer than its message is an error", "[gfs]") {
    std::string message("GRIB\0\0\0\2\0\0\0\0\0\0\0\x1c", 16);
    message += std::string("\0\0\0\xff\1", 5) + "abc7777";
    CHECK_THROWS_WITH(scan(message, "f"), "scanning 'f': message 1 at byte 0: its section 1 at byte 16 is damaged");
}
