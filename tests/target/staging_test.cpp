// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/workbench.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::target;
using freshet::test::Names;
using freshet::test::StagingFixture;

TEST_CASE("staged output is invisible until it is published", "[target]") {
    StagingFixture bench;
    const auto staged = bench.attempt("a1", {"x.nc"});
    CHECK_FALSE(LocalTarget(bench / "x.nc").exists());
    CHECK(bench.names() == Names{".freshet/staged/.x.nc.json.a1.part", ".x.nc.a1.part"});
}

TEST_CASE("a staged output exists and is readable within its own attempt", "[target]") {
    StagingFixture bench;
    Staging staging("a1", bench.sweeper);
    const StagingScope scope(staging);
    const LocalTarget target(bench / "x.nc");
    target.write("content");
    CHECK(target.exists());
    CHECK(target.read() == "content");
}

TEST_CASE("an output that is written twice is staged once, with the last content", "[target]") {
    StagingFixture bench;
    Staging staging("a1", bench.sweeper);
    const StagingScope scope(staging);
    LocalTarget(bench / "x.nc").write("first");
    LocalTarget(bench / "x.nc").write("second");
    REQUIRE(staging.outputs().size() == 1);
    CHECK(read_file(staging.outputs().front().temporary) == "second");
}

TEST_CASE("an attempt that fails leaves nothing behind", "[target]") {
    StagingFixture bench;
    {
        Staging staging("a1", bench.sweeper);
        const StagingScope scope(staging);
        LocalTarget(bench / "x.nc").write("content");
        LocalTarget(bench / "y").create([](const auto& folder) { create_folders(folder / "z"); });
    }
    CHECK(bench.names().empty());
}

TEST_CASE("after the attempt, targets are written directly again", "[target]") {
    StagingFixture bench;
    Staging staging("a1", bench.sweeper);
    { const StagingScope scope(staging); }
    LocalTarget(bench / "x.nc").write("content");
    CHECK(LocalTarget(bench / "x.nc").exists());
}

TEST_CASE("discarding staged outputs removes them with their receipts", "[target]") {
    StagingFixture bench;
    discard(bench.attempt("a1", {"x.nc", "y.nc"}));
    CHECK(bench.names().empty());
}
