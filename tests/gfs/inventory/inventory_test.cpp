// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/inventory.hpp"

#include "freshet/error.hpp"
#include "real_data.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using gfs::Inventory;

namespace {

std::string content(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

const std::string submessages =
    "1:0:d=2011011012:TMP:500 mb:120 hour fcst:\n"
    "2.1:100:d=2011011012:UGRD:500 mb:120 hour fcst:\n"
    "2.2:100:d=2011011012:VGRD:500 mb:120 hour fcst:\n"
    "3:250:d=2011011012:APCP:surface:114-120 hour acc fcst:\n";

}  // namespace

TEST_CASE("a message ends at the next distinct offset", "[gfs]") {
    const auto inventory = Inventory::parse(submessages, "f");
    REQUIRE(inventory.entries().size() == 4);
    CHECK(inventory.message_count() == 3);
    CHECK(inventory.entries()[2].submessage == 2);
    CHECK(inventory.end_of(100) == 250);
    CHECK(inventory.end_of(250) == std::nullopt);
}

TEST_CASE("the value of an unknown level belongs to the level", "[gfs]") {
    const std::string lines =
        "1:0:d=2023070412:SWPER:level 241:1:76 hour fcst:\n2:10:d=2023070412:SWELL:level 241:anl:\n";
    const auto inventory = Inventory::parse(lines, "f");
    CHECK(inventory.entries()[0].level == "level 241:1");
    CHECK(inventory.entries()[0].time == "76 hour fcst");
    CHECK(inventory.entries()[1].level == "level 241");
    CHECK(inventory.entries()[1].time == "anl");
    CHECK(inventory.text() == lines);
}

TEST_CASE("an inventory survives a round trip through text", "[gfs]") {
    CHECK(Inventory::parse(submessages, "f").text() == submessages);
    const std::string ensemble = "1:0:d=2011011012:TMP:500 mb:anl:ENS=+1:\n";
    CHECK(Inventory::parse(ensemble, "f").text() == ensemble);
    for (const auto* name : {"idx/reform.gfs.t00z.pgrb2.0p25.f000.idx", "idx/reform.gfs.t00z.pgrb2.0p25.f007.idx"}) {
        const auto file = gfs::test::real_file(name);
        if (!file) return;
        CHECK(Inventory::parse(content(*file), name).text() == content(*file));
    }
}

TEST_CASE("entries with the same text are both kept", "[gfs]") {
    const auto inventory = Inventory::parse(
        "96:10:d=2023092800:APCP:surface:0-6 hour acc fcst:\n97:20:d=2023092800:APCP:surface:0-6 hour acc fcst:\n",
        "f");
    REQUIRE(inventory.entries().size() == 2);
    CHECK(inventory.entries()[0].time == inventory.entries()[1].time);
}

TEST_CASE("a last line without newline and CRLF line ends are accepted", "[gfs]") {
    CHECK(Inventory::parse("1:0:d=2025080100:TMP:surface:anl:", "f").entries().size() == 1);
    CHECK(Inventory::parse("1:0:d=2025080100:TMP:surface:anl:\r\n", "f").entries()[0].remarks.empty());
}

TEST_CASE("the error of a bad line names file and line number", "[gfs]") {
    const std::string good = "1:0:d=2025080100:TMP:surface:anl:\n";
    CHECK_THROWS_WITH(Inventory::parse(good + "2:1x:d=2025080100:TMP:surface:anl:\n", "http://a/b.idx"),
                      "line 2 of inventory 'http://a/b.idx' has no offset: '2:1x:d=2025080100:TMP:surface:anl:'");
    CHECK_THROWS_WITH(Inventory::parse(good + "2:1:d=2025080100:TMP:surf", "f"),
                      "line 2 of inventory 'f' ends before its level: '2:1:d=2025080100:TMP:surf'");
    CHECK_THROWS_WITH(Inventory::parse("<html>", "f"),
                      "line 1 of inventory 'f' ends before its message number: '<html>'");
    CHECK_THROWS_WITH(Inventory::parse("1:0:2025080100:TMP:surface:anl:", "f"),
                      "line 1 of inventory 'f' has no reference time like d=2025080100: "
                      "'1:0:2025080100:TMP:surface:anl:'");
    CHECK_THROWS_AS(Inventory::parse("", "f"), freshet::TransientError);
}

TEST_CASE("the statistic of an entry follows from its time", "[gfs]") {
    const auto of = [](const std::string& time) { return std::string(gfs::statistic({.time = time})); };
    CHECK(of("anl") == "instant");
    CHECK(of("7 hour fcst") == "instant");
    CHECK(of("6-7 hour acc fcst") == "acc");
    CHECK(of("0-1 day acc fcst") == "acc");
    CHECK(of("6-7 hour ave fcst") == "ave");
    CHECK(of("6-7 hour max fcst") == "max");
    CHECK(of("6-7 hour min fcst") == "min");
}
