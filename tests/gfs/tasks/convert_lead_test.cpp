// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/make.hpp"
#include "source/folder_source.hpp"
#include "source/layout.hpp"
#include "tasks/lead_notes.hpp"
#include "tasks/lead_tasks.hpp"

#include "support/temp_dir.hpp"

#include "freshet/build.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using freshet::test::TempDir;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 6h;

void publish(const std::filesystem::path& mirror, std::vector<int> leads) {
    gfs::mirror::make({.folder = mirror, .cycle = cycle, .leads = std::move(leads), .grid = gfs::mirror::grid_named("small")});
}

bool is_made(const freshet::AnyTask& task) {
    using namespace gfs;
    return freshet::build(freshet::Registry::of<ConvertLead, FetchMessages, FetchSums, FetchInventory>(), {task}).succeeded();
}

}  // namespace

TEST_CASE("a lead is noted to be made of the files that were read, not of those that were found before", "[gfs]") {
    const TempDir folder;
    const auto mirror = folder / "mirror";
    publish(mirror, {1, 2});
    gfs::FolderSource upstream(mirror);
    const gfs::Wanted wanted{.cycle = cycle, .source = mirror.string(), .root = folder / "store"};
    REQUIRE(is_made(gfs::FetchInventory{wanted, 1}));
    const auto first = gfs::grib_path(cycle, wanted.product, 1);
    std::filesystem::last_write_time(mirror / first, std::filesystem::file_time_type::clock::now());

    REQUIRE(is_made(gfs::ConvertLead{wanted, 2}));
    const auto sources = gfs::sources_of(wanted.store(), 2);
    REQUIRE(sources.size() == 2);
    CHECK(sources[1].path == first);
    CHECK(sources[1].facts == upstream.head(first));
}
