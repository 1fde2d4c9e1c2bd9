// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"
#include "simulator/generate.hpp"
#include "tasks/lead_tasks.hpp"
#include "tasks/provenance.hpp"
#include "upstream/source.hpp"

#include "support/temp_dir.hpp"

#include "freshet/build.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using freshet::test::TempDir;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 6h;

void publish(const std::filesystem::path& upstream_folder, std::vector<int> leads) {
    gfs::simulator::generate({.folder = upstream_folder,
                              .cycle = cycle,
                              .leads = std::move(leads),
                              .grid = gfs::simulator::parse_grid("small")});
}

bool build_succeeds(const freshet::AnyTask& task) {
    using namespace gfs;
    return freshet::build(freshet::Registry::of<ConvertLead, FetchMessages, FetchSums, FetchInventory>(), {task})
        .succeeded();
}

}  // namespace

TEST_CASE("the sources of a lead are the files that were read, not those that were found before", "[gfs]") {
    const TempDir folder;
    const auto upstream_folder = folder / "mirror";
    publish(upstream_folder, {1, 2});
    gfs::FolderSource upstream(upstream_folder);
    const gfs::CycleParameters parameters{.cycle = cycle, .source = upstream_folder.string(), .root = folder / "store"};
    REQUIRE(build_succeeds(gfs::FetchInventory{parameters, 1}));
    const auto first = gfs::grib_path({cycle, parameters.product, 1});
    std::filesystem::last_write_time(upstream_folder / first, std::filesystem::file_time_type::clock::now());

    REQUIRE(build_succeeds(gfs::ConvertLead{parameters, 2}));
    const auto sources = gfs::sources_of(parameters.paths(), 2);
    REQUIRE(sources.size() == 2);
    CHECK(sources[1].path == first);
    CHECK(sources[1].info == upstream.head(first));
}
