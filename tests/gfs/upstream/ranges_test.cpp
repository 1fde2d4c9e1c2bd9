// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/ranges.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using gfs::ByteRange;
using gfs::Inventory;
using gfs::RangeRequest;

TEST_CASE("fields of one message are fetched once and the last message ends with the file", "[gfs]") {
    const auto inventory = Inventory::parse(
        "1.1:0:d=2011011012:UGRD:500 mb:anl:\n1.2:0:d=2011011012:VGRD:500 mb:anl:\n2:70:d=2011011012:TMP:500 mb:anl:\n",
        "f");
    CHECK(gfs::message_ranges(inventory, inventory.entries(), 100, "f") == std::vector<ByteRange>{{0, 70}, {70, 100}});
}

TEST_CASE("an inventory that points past the end of its file is refused", "[gfs]") {
    const auto inventory =
        Inventory::parse("1:0:d=2025080100:TMP:surface:anl:\n2:90:d=2025080100:RH:surface:anl:\n", "f");
    CHECK_THROWS_WITH(gfs::message_ranges(inventory, inventory.entries(), 90, "http://a/f"),
                      "the inventory of 'http://a/f' speaks of a message at byte 90, but the file has only 90 bytes");
}

TEST_CASE("adjacent messages are one request", "[gfs]") {
    const auto range_requests = gfs::merge_ranges({{0, 10}, {10, 30}, {40, 50}}, {.waste = 0});
    CHECK(range_requests == std::vector<RangeRequest>{{{0, 30}, {{0, 10}, {10, 30}}}, {{40, 50}, {{40, 50}}}});
    CHECK(gfs::total_bytes(range_requests) == 40);
}

TEST_CASE("the smallest gaps are bridged first, until the waste limit", "[gfs]") {
    const std::vector<ByteRange> messages{{0, 10}, {19, 20}, {22, 30}, {35, 40}};
    CHECK(gfs::merge_ranges(messages, {.waste = 7}).size() == 2);
    CHECK(gfs::merge_ranges(messages, {.waste = 6}).size() == 3);
    CHECK(gfs::merge_ranges(messages, {.waste = 16}).size() == 1);
    CHECK(gfs::merge_ranges(messages, {.waste = 7})[1].bytes == ByteRange{19, 40});
}

TEST_CASE("a request stays within its limit unless one message is larger", "[gfs]") {
    const auto range_requests = gfs::merge_ranges({{0, 10}, {10, 30}, {30, 35}, {35, 80}}, {.waste = 0, .request = 30});
    REQUIRE(range_requests.size() == 3);
    CHECK(range_requests[0].bytes == ByteRange{0, 30});
    CHECK(range_requests[1].bytes == ByteRange{30, 35});
    CHECK(range_requests[2].bytes == ByteRange{35, 80});
}

TEST_CASE("nothing wanted is no request", "[gfs]") { CHECK(gfs::merge_ranges({}, {.waste = 100}).empty()); }
