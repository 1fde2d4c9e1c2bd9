// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/stale_temporaries.hpp"

#include "target/target_paths.hpp"
#include "target/workbench.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::target;
using freshet::test::Names;
using freshet::test::StagingFixture;

TEST_CASE("an attempt removes the temporaries of earlier attempts at the same target only", "[target]") {
    StagingFixture bench;
    bench.attempt("dead", {"x.nc", "x", "y.nc"});
    bench.clock.advance(std::chrono::seconds(2));
    Staging("new", bench.sweeper).prepare(bench / "x.nc");
    CHECK(bench.names() == Names{".freshet/staged/.x.json.dead.part", ".freshet/staged/.y.nc.json.dead.part",
                                 ".x.dead.part", ".y.nc.dead.part"});
}

TEST_CASE("an attempt removes the scratch folders of lost attempts at the same target only", "[target]") {
    StagingFixture bench;
    for (const char* name : {"x.nc", "y.nc"}) write_file_atomically(scratch_path(bench / name, "dead") / "table", "");
    bench.clock.advance(std::chrono::seconds(2));
    Staging("new", bench.sweeper).prepare(bench / "x.nc");
    CHECK(bench.names() ==
          Names{".freshet/staged/.y.nc.scratch.dead.part", ".freshet/staged/.y.nc.scratch.dead.part/table"});
}

TEST_CASE("an attempt does not remove its own staged outputs", "[target]") {
    StagingFixture bench;
    const auto staged = bench.attempt("a1", {"x.nc"});
    bench.clock.advance(std::chrono::seconds(2));
    bench.sweeper.collect(bench / "x.nc", "a1");
    CHECK(publish(staged) == PublishResult::published);
}

TEST_CASE("a receipt without its output is removed", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x.nc"}));
    std::filesystem::remove(bench / "x.nc");
    bench.sweeper.collect(bench / "x.nc", "a2");
    CHECK(bench.names().empty());
}

TEST_CASE("a receipt with its output stays", "[target]") {
    StagingFixture bench;
    publish(bench.attempt("a1", {"x.nc"}));
    bench.sweeper.collect(bench / "x.nc", "a2");
    CHECK(bench.names() == Names{".freshet/x.nc.json", "x.nc"});
}

TEST_CASE("the temporaries of a killed attempt can be removed by target and token", "[target]") {
    StagingFixture bench;
    bench.attempt("dead", {"x.nc"});
    remove_temporaries(bench / "x.nc", "dead");
    CHECK(bench.names().empty());
}

TEST_CASE("sweeping a missing folder is no error", "[target]") {
    StagingFixture bench;
    CHECK_NOTHROW(bench.sweeper.collect(bench / "none/x.nc", "a1"));
}
