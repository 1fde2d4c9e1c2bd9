// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/clone.hpp"

#include "grib/level_kinds.hpp"

#include "freshet/error.hpp"
#include "inventory/inventory.hpp"
#include "inventory/product_layout.hpp"
#include "real_data.hpp"
#include "simulator/generate.hpp"
#include "simulator/inventory_fields.hpp"
#include "simulator/publish.hpp"
#include "support/temp_dir.hpp"

#include "freshet/file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace gfs::simulator;
using gfs::Inventory;
using namespace std::chrono_literals;

namespace {

constexpr Grid small{.columns = 72, .rows = 37};
const FileKey key{.cycle = std::chrono::sys_days{2026y / 11 / 21} + 0h, .lead = 7};

/// Name, level and time of each line.
std::vector<std::string> lines_of(const Inventory& inventory) {
    std::vector<std::string> lines;
    for (const auto& entry : inventory.entries()) lines.push_back(entry.name + ':' + entry.level + ':' + entry.time);
    return lines;
}

/// The lines that only one of two inventories has, in whatever order they stand there.
std::vector<std::string> differing_lines(const Inventory& a, const Inventory& b) {
    auto some = lines_of(a), others = lines_of(b);
    std::ranges::sort(some);
    std::ranges::sort(others);
    std::vector<std::string> lines;
    std::ranges::set_symmetric_difference(some, others, std::back_inserter(lines));
    return lines;
}

const std::vector<std::string> nothing;

/// A pool of what a small made-up lead holds.
MessagePool synthetic_pool() {
    MessagePool pool(small);
    pool.add_file(synthetic_file(Weather(small), key));
    return pool;
}

/// Bytes and inventory of a clone.
struct Clone {
    Clone(const Inventory& like, const FileKey& of, MessagePool pool) {
        const freshet::test::TempDir folder;
        publish_clone(folder.path(), of, like, pool);
        grib = freshet::read_file(folder / gfs::grib_path(of));
        index = freshet::read_file(folder / gfs::index_path(of));
    }
    std::string grib;
    std::string index;
};

}  // namespace

TEST_CASE("a parsed inventory line is formatted as the same line", "[gfs]") {
    const auto inventory = full_inventory(7);
    for (const auto& entry : inventory.entries()) {
        const auto field = parse_field(entry);
        CHECK(gfs::parameter_name(field.parameter) == entry.name);
        CHECK(gfs::level_text(field.level) == entry.level);
        CHECK(gfs::time_text(field.validity, field.reference_time) == entry.time);
    }
    CHECK_THROWS_WITH(parse_field({.message = 3, .name = "TMP", .level = "moon", .time = "anl"}),
                      "read line 3 of an inventory: unknown level 'moon'");
}

TEST_CASE("the full inventory equals that of NCEP's files", "[gfs]") {
    CHECK(full_inventory(0).entries().size() == 696);
    CHECK(full_inventory(7).entries().size() == 743);
    for (const int lead : {0, 7}) {
        const auto file = gfs::test::real_file(lead == 0 ? "idx/reform.gfs.t00z.pgrb2.0p25.f000.idx"
                                                         : "idx/reform.gfs.t00z.pgrb2.0p25.f007.idx");
        if (!file) return;
        CHECK(differing_lines(full_inventory(lead), Inventory::parse(freshet::read_file(*file), "real")) == nothing);
    }
}

TEST_CASE("a clone holds every field of its model, and its inventory matches it", "[gfs]") {
    const Clone clone(full_inventory(7), key, synthetic_pool());
    CHECK(clone.index == gfs::inventory_of(gfs::scan(clone.grib, "clone")).text());
    CHECK(differing_lines(Inventory::parse(clone.index, "clone"), full_inventory(7)) == nothing);
}

TEST_CASE("a field in the pool is copied unchanged", "[gfs]") {
    const auto made = synthetic_file(Weather(small), key);
    const auto like = gfs::inventory_of(gfs::scan(made, "made"));
    CHECK(Clone(like, key, synthetic_pool()).grib == made);
}

TEST_CASE("a model's times follow the lead of the clone", "[gfs]") {
    FileKey other = key;
    other.lead = 14;
    const auto later = Inventory::parse(Clone(full_inventory(6), other, synthetic_pool()).index, "clone");
    CHECK(differing_lines(later, full_inventory(14)) == nothing);
    other.lead = 0;
    const auto analysis = Inventory::parse(Clone(full_inventory(7), other, synthetic_pool()).index, "clone");
    CHECK(std::ranges::all_of(analysis.entries(), [](const auto& entry) { return entry.time == "anl"; }));
}

TEST_CASE("a rewritten message keeps its packing", "[gfs]") {
    const auto made = synthetic_file(Weather(small), key);
    const auto fields = gfs::scan(made, "made");
    const auto message = std::string_view(made).substr(0, fields[1].offset);
    auto field = fields[20];  // an interval, with a longer section 4
    const auto rewritten = rewrite_message(message, field);
    CHECK(rewritten.size() == message.size() + 24);
    CHECK(gfs::scan(rewritten, "there").front().parameter == field.parameter);
    CHECK(rewrite_message(rewritten, fields[0]) == message);
}

TEST_CASE("messages of about the wanted size are used in turn", "[gfs]") {
    auto pool = synthetic_pool();
    const auto field = parse_field({.message = 1, .name = "O3MR", .level = "500 mb", .time = "7 hour fcst"});
    const auto& small_one = pool.best_match(field, 300);
    const auto& large_one = pool.best_match(field, 4000);
    CHECK(small_one.size() < large_one.size());
    CHECK(&pool.best_match(field, 0) != &pool.best_match(field, 0));
}

TEST_CASE("a folder without a message on the grid is refused", "[gfs]") {
    const freshet::test::TempDir folder;
    freshet::write_file_atomically(folder / "page", "<html>");
    freshet::write_file_atomically(folder / "cut", std::string(synthetic_file(Weather(small), key), 0, 500));
    MessagePool pool(small);
    CHECK_THROWS_WITH(pool.add_folder(folder.path()), Catch::EndsWith("on a grid of 72 x 37 points"));
    CHECK_THROWS_WITH(pool.add_folder(folder / "none"), Catch::EndsWith("none': it is not a folder"));
}

TEST_CASE("real messages become a whole lead", "[gfs]") {
    const auto file = gfs::test::real_file("gfs.20220315.t18z.1p00.f006.tuv.grib2");
    if (!file) return;
    MessagePool pool({.columns = 360, .rows = 181});
    pool.add_file(freshet::read_file(*file));
    CHECK(pool.size() == 48);
    const Clone clone(full_inventory(7), key, std::move(pool));
    CHECK(gfs::scan(clone.grib, "clone").size() == 743);
}
