// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/revisions.hpp"

#include "support/temp_dir.hpp"

#include "freshet/error.hpp"
#include "freshet/target.hpp"

#include <catch2/catch.hpp>

using freshet::test::TempDir;

namespace {

std::string latest_target(const TempDir& folder) {
    return std::filesystem::read_symlink(folder.path() / "latest").string();
}

}  // namespace

TEST_CASE("latest points to the newest revision, relative to its folder", "[gfs]") {
    const TempDir folder;
    gfs::update_latest_link(folder.path(), "2026-08-21T06/r1", "MAP END");
    CHECK(latest_target(folder) == "2026-08-21T06/r1");
    gfs::update_latest_link(folder.path(), "2026-08-21T12/r1", "MAP END");
    CHECK(latest_target(folder) == "2026-08-21T12/r1");
}

TEST_CASE("latest never moves to an older cycle or revision", "[gfs]") {
    const TempDir folder;
    gfs::update_latest_link(folder.path(), "2026-08-21T06/r10", "MAP END");
    gfs::update_latest_link(folder.path(), "2026-08-21T06/r9", "MAP END");
    gfs::update_latest_link(folder.path(), "2026-08-21T00/r11", "MAP END");
    CHECK(latest_target(folder) == "2026-08-21T06/r10");
}

TEST_CASE("a temporary link left by a killed process is replaced", "[gfs]") {
    const TempDir folder;
    std::filesystem::create_symlink("nowhere", folder.path() / ".latest.new");
    gfs::update_latest_link(folder.path(), "2026-08-21T06/r1", "MAP END");
    CHECK(latest_target(folder) == "2026-08-21T06/r1");
}

TEST_CASE("the link of a cycle leads to the file over the most leads", "[gfs]") {
    const TempDir folder;
    const gfs::CyclePaths paths(folder.path(), "gfs.0p25", freshet::Codec<gfs::Cycle>::read("2026-08-21T06"), 1);
    const gfs::Product& product = gfs::find_product("pgrb2.0p25");
    std::filesystem::create_directories(paths.folder());
    const auto after = [&](std::string_view leads) {
        gfs::update_cycle_links(paths, leads, product);
        return std::filesystem::read_symlink(paths.cycle_link()).string();
    };
    CHECK(after("0-6") == "gfs.0p25.2026-08-21T06.0-6.nc");
    CHECK(after("0-12,24") == "gfs.0p25.2026-08-21T06.0-12,24.nc");
    CHECK(after("0-6") == "gfs.0p25.2026-08-21T06.0-12,24.nc");
    CHECK(after("all") == "gfs.0p25.2026-08-21T06.all.nc");
}

TEST_CASE("each file over the leads of a cycle has its link", "[gfs]") {
    const TempDir folder;
    const gfs::CyclePaths paths(folder.path(), "gfs.0p25", freshet::Codec<gfs::Cycle>::read("2026-08-21T06"), 1);
    std::filesystem::create_directories(paths.folder());
    gfs::update_cycle_links(paths, "0-6", gfs::find_product("pgrb2.0p25"));
    for (const char* ending : {"nc", "kerchunk.json", "ncml"}) {
        INFO(ending);
        CHECK(std::filesystem::read_symlink(paths.folder() / ("gfs.0p25.2026-08-21T06." + std::string(ending))) ==
              "gfs.0p25.2026-08-21T06.0-6." + std::string(ending));
    }
}

TEST_CASE("the error of a failed update names folder and reason", "[gfs]") {
    const TempDir folder;
    CHECK_THROWS_WITH(gfs::update_latest_link(folder.path() / "absent", "2026-08-21T06/r1", ""),
                      Catch::Contains("absent") && Catch::Contains("No such file or directory"));
}

TEST_CASE("the mapfile moves with the link", "[gfs]") {
    const TempDir folder;
    const auto map = [&] { return freshet::LocalTarget(folder.path() / "latest.map").read(); };
    gfs::update_latest_link(folder.path(), "2026-08-21T06/r2", "MAP of six END");
    CHECK(map() == "MAP of six END");
    gfs::update_latest_link(folder.path(), "2026-08-21T06/r1", "MAP of an older revision END");
    CHECK(map() == "MAP of six END");
    gfs::update_latest_link(folder.path(), "2026-08-21T06/r2", "MAP of more leads END");
    CHECK(map() == "MAP of more leads END");
}
