// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/wgrib2_names.hpp"

#include "real_data.hpp"
#include "simulator/files.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <utility>

using gfs::idx::level_text;
using gfs::idx::Statistic;
using gfs::idx::Surface;
using gfs::idx::time_text;

TEST_CASE("levels are written as wgrib2 does", "[gfs]") {
    CHECK(level_text({.type = 1}, {}) == "surface");
    CHECK(level_text({.type = 103, .value = 2}, {}) == "2 m above ground");
    CHECK(level_text({.type = 100, .value = 50000}, {}) == "500 mb");
    CHECK(level_text({.type = 100, .value = 1}, {}) == "0.01 mb");
    CHECK(level_text({.type = 106, .scale = 1, .value = 1}, {.type = 106, .scale = 1, .value = 4}) ==
          "0.1-0.4 m below ground");
    CHECK(level_text({.type = 108, .value = 18000}, {.type = 108, .value = 0}) == "180-0 mb above ground");
    CHECK(level_text({.type = 109, .scale = 6, .value = -2}, {}) == "PV=-2e-06 (Km^2/kg/s) surface");
}

TEST_CASE("times are written as wgrib2 does", "[gfs]") {
    CHECK(time_text(0, {}) == "anl");
    CHECK(time_text(24, {}) == "24 hour fcst");
    CHECK(time_text(6, Statistic{.process = 1, .end = 7}) == "6-7 hour acc fcst");
    CHECK(time_text(0, Statistic{.process = 1, .end = 24}) == "0-1 day acc fcst");
    CHECK(time_text(18, Statistic{.process = 0, .end = 24}) == "18-24 hour ave fcst");
    CHECK(time_text(6, Statistic{.process = 2, .end = 12}) == "6-12 hour max fcst");
}

TEST_CASE("parameters without a name are written by their numbers", "[gfs]") {
    CHECK(gfs::idx::parameter_name({0, 0, 0}) == "TMP");
    CHECK(gfs::idx::parameter_name({0, 1, 241}) == "var discipline=0 center=7 local_table=1 parmcat=1 parm=241");
}

TEST_CASE("names and levels of a scanned file are those of NCEP's own inventories", "[gfs]") {
    const auto scanned = gfs::test::real_file("gfs.20220315.t18z.1p00.f006.tuv.grib2");
    const auto published = gfs::test::real_file("idx/reform.gfs.t00z.pgrb2.0p25.f007.idx");
    if (!scanned || !published) return;
    std::set<std::pair<std::string, std::string>> known;
    const auto reference = gfs::Inventory::parse(gfs::simulator::read_file(*published), "f007");
    for (const auto& entry : reference.entries()) known.emplace(entry.name, entry.level);
    const auto inventory = gfs::idx::inventory_of(gfs::idx::scan(gfs::simulator::read_file(*scanned), "f006"));
    CHECK(inventory.entries().size() == 48);
    for (const auto& entry : inventory.entries()) {
        CAPTURE(entry.name, entry.level);
        CHECK(known.contains({entry.name, entry.level}));
    }
    CHECK(inventory.text().starts_with("1:0:d=2022031518:TMP:100 mb:6 hour fcst:\n2:68107:"));
}

TEST_CASE("fields of one message are numbered within it", "[gfs]") {
    const auto file = gfs::test::real_file("gfs.20110110.t12z.2p50.f120.grib2");
    if (!file) return;
    const auto text = gfs::idx::inventory_of(gfs::idx::scan(gfs::simulator::read_file(*file), "f120")).text();
    CHECK(text.find(".1:") != std::string::npos);
    CHECK(gfs::Inventory::parse(text, "f120").text() == text);
}
