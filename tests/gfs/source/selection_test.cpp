// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/selection.hpp"

#include "freshet/error.hpp"
#include "real_data.hpp"
#include "source/ranges.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using gfs::Inventory;
using gfs::Selection;

namespace {

Inventory inventory_of(const std::filesystem::path& path) {
    std::ifstream in(path);
    return Inventory::parse(std::string(std::istreambuf_iterator<char>(in), {}), path.string());
}

const Inventory few = Inventory::parse(
    "1:0:d=2025080100:TMP:surface:7 hour fcst:\n"
    "2:10:d=2025080100:TMP:500 mb:7 hour fcst:\n"
    "3:20:d=2025080100:PRATE:surface:7 hour fcst:\n"
    "4:30:d=2025080100:PRATE:surface:6-7 hour ave fcst:\n",
    "few");

}  // namespace

TEST_CASE("the portal selection is 54 of a forecast's messages in 18 adjacent ranges", "[gfs]") {
    const auto file = gfs::test::real_file("idx/reform.gfs.t00z.pgrb2.0p25.f007.idx");
    if (!file) return;
    const auto inventory = inventory_of(*file);
    const auto wanted = Selection::named("portal").of(inventory);
    CHECK(wanted.size() == 54);
    const std::uint64_t length = inventory.last_offset() + 500'000;
    const auto messages = gfs::message_ranges(inventory, wanted, length, "f007");
    const auto fetches = gfs::merged_fetches(messages, {.waste = 0});
    CHECK(fetches.size() == 18);
    CHECK(gfs::total_bytes(fetches) * 100 < length * 8);
    CHECK(Selection::named("all").of(inventory).size() == 743);
}

TEST_CASE("the portal selection is 31 of an analysis's messages in 13 adjacent ranges", "[gfs]") {
    const auto file = gfs::test::real_file("idx/reform.gfs.t00z.pgrb2.0p25.f000.idx");
    if (!file) return;
    const auto inventory = inventory_of(*file);
    const auto wanted = Selection::named("portal").of(inventory);
    CHECK(wanted.size() == 31);
    const auto messages = gfs::message_ranges(inventory, wanted, inventory.last_offset() + 1, "f000");
    CHECK(gfs::merged_fetches(messages, {.waste = 0}).size() == 13);
}

TEST_CASE("patterns choose by name, level and statistic", "[gfs]") {
    const gfs::Pattern averages[] = {{"PRATE", "surface", "ave"}};
    REQUIRE(Selection(averages).of(few).size() == 1);
    CHECK(Selection(averages).of(few)[0].message == 4);
    const gfs::Pattern isobaric[] = {{"*", "* mb"}};
    REQUIRE(Selection(isobaric).of(few).size() == 1);
    CHECK(Selection(isobaric).of(few)[0].message == 2);
    const gfs::Pattern twice[] = {{"TMP"}, {"T*"}};
    CHECK(Selection(twice).of(few).size() == 2);
}

TEST_CASE("an unknown selection is refused", "[gfs]") {
    CHECK_THROWS_WITH(Selection::named("portals"),
                      "there is no selection of variables named 'portals'; it is 'portal' or 'all'");
}
