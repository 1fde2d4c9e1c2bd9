// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "support/small_disk.hpp"
#include "target/workbench.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace freshet;
using namespace freshet::target;
using freshet::test::SmallDisk;
using freshet::test::StagingFixture;

TEST_CASE("an output that does not fit on the disk is a DiskFullError that names it, and takes no room", "[target]") {
    const SmallDisk disk;
    if (!disk) return;
    const LocalTarget target(disk / "x.nc");
    CHECK_THROWS_AS(target.write(std::string(100'000, 'x')), DiskFullError);
    CHECK_THROWS_WITH(target.write(std::string(100'000, 'x')),
                      Catch::Contains("x.nc") && Catch::Contains("no space left on device", Catch::CaseSensitive::No));
    CHECK_FALSE(target.exists());
    CHECK_NOTHROW(target.write(std::string(30'000, 'x')));
}

TEST_CASE("a receipt for which there is no room is a DiskFullError, and the attempt leaves nothing", "[target]") {
    const SmallDisk disk;
    if (!disk) return;
    StagingFixture bench;
    const LocalTarget target(disk / "x.nc");
    {
        Staging staging("a1", bench.sweeper);
        const StagingScope scope(staging);
        target.write(std::string(65'536, 'x'));
        CHECK_THROWS_AS(stage_receipts(staging.outputs(), {}), DiskFullError);
    }
    CHECK_FALSE(target.exists());
    CHECK_NOTHROW(target.write(std::string(65'536, 'x')));
}

TEST_CASE("an error of a library on a full disk becomes a DiskFullError", "[target]") {
    const SmallDisk disk;
    if (!disk) return;
    const LocalTarget target(disk / "x.nc");
    const auto write = [](const std::filesystem::path& path) {
        std::ofstream(path) << std::string(100'000, 'x');
        throw std::runtime_error("HDF error");
    };
    CHECK_THROWS_AS(target.create(write), DiskFullError);
    CHECK_THROWS_WITH(target.create(write), Catch::Contains("HDF error"));
}
