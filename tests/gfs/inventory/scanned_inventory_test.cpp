// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/inventory.hpp"

#include "real_data.hpp"
#include "simulator/publish.hpp"

#include "freshet/file.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <utility>

TEST_CASE("parameters without a name are written by their numbers", "[gfs]") {
    CHECK(gfs::parameter_name({0, 0, 0}) == "TMP");
    CHECK(gfs::parameter_name({0, 191, 241}) == "var discipline=0 center=7 local_table=1 parmcat=191 parm=241");
}

TEST_CASE("names and levels of a scanned file are those of NCEP's own inventories", "[gfs]") {
    const auto scanned = gfs::test::real_file("gfs.20220315.t18z.1p00.f006.tuv.grib2");
    const auto published = gfs::test::real_file("idx/reform.gfs.t00z.pgrb2.0p25.f007.idx");
    if (!scanned || !published) return;
    std::set<std::pair<std::string, std::string>> known;
    const auto reference = gfs::Inventory::parse(freshet::read_file(*published), "f007");
    for (const auto& entry : reference.entries()) known.emplace(entry.name, entry.level);
    const auto inventory = gfs::inventory_of(gfs::scan(freshet::read_file(*scanned), "f006"));
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
    const auto text = gfs::inventory_of(gfs::scan(freshet::read_file(*file), "f120")).text();
    CHECK(text.find(".1:") != std::string::npos);
    CHECK(gfs::Inventory::parse(text, "f120").text() == text);
}

TEST_CASE("the fields of a wave model have NCEP's names, and swells their numbers", "[gfs]") {
    const auto file = gfs::test::ncep_file("multi_1.at_10m.t12z.f147.grib2");
    if (!file) return;
    const gfs::Inventory inventory = gfs::inventory_of(gfs::scan(freshet::read_file(*file), "f147"));
    std::string names;
    for (const gfs::Entry& entry : inventory.entries())
        names += entry.name + (entry.level == "surface" ? "" : entry.level.substr(0, 1)) + " ";
    CHECK(names ==
          "WIND WDIR UGRD VGRD HTSGW PERPW DIRPW WVHGT SWELL1 SWELL2 SWELL3 WVPER SWPER1 SWPER2 SWPER3 WVDIR "
          "SWDIR1 SWDIR2 SWDIR3 ");
}
