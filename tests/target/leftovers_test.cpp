// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/leftovers.hpp"

#include "target/names.hpp"
#include "target/workbench.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::target;
using freshet::test::Names;
using freshet::test::Workbench;

TEST_CASE("an attempt removes what earlier attempts left of the same target, and of no other", "[target]") {
    Workbench bench;
    bench.attempt("dead", {"x.nc", "x", "y.nc"});
    bench.clock.pass(std::chrono::seconds(2));
    Staging("new", bench.leftovers).prepare(bench / "x.nc");
    CHECK(bench.names() ==
          Names{".freshet/.x.json.dead.part", ".freshet/.y.nc.json.dead.part", ".x.dead.part", ".y.nc.dead.part"});
}

TEST_CASE("an attempt does not remove what it has staged itself", "[target]") {
    Workbench bench;
    const auto staged = bench.attempt("a1", {"x.nc"});
    bench.clock.pass(std::chrono::seconds(2));
    bench.leftovers.sweep(bench / "x.nc", "a1");
    CHECK(publish(staged) == Published::yes);
}

TEST_CASE("a receipt without its output is removed", "[target]") {
    Workbench bench;
    publish(bench.attempt("a1", {"x.nc"}));
    std::filesystem::remove(bench / "x.nc");
    bench.leftovers.sweep(bench / "x.nc", "a2");
    CHECK(bench.names().empty());
}

TEST_CASE("a receipt with its output stays", "[target]") {
    Workbench bench;
    publish(bench.attempt("a1", {"x.nc"}));
    bench.leftovers.sweep(bench / "x.nc", "a2");
    CHECK(bench.names() == Names{".freshet/x.nc.json", "x.nc"});
}

TEST_CASE("what a killed attempt left can be removed by its name alone", "[target]") {
    Workbench bench;
    bench.attempt("dead", {"x.nc"});
    remove_remains(bench / "x.nc", "dead");
    CHECK(bench.names().empty());
}

TEST_CASE("sweeping where there is no folder yet is no error", "[target]") {
    Workbench bench;
    CHECK_NOTHROW(bench.leftovers.sweep(bench / "none/x.nc", "a1"));
}
