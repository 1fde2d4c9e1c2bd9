// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/root_memory.hpp"

#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

struct Machine {
    freshet::test::TempDir folder;
    freshet::test::FakeClock clock;
    gfs::RootMemory memory{folder / "roots.json", clock};
    gfs::CycleAtRoot where{.root = "aws", .cycle = std::chrono::sys_days{2026y / 8 / 21} + 0h, .product = "pgrb2.0p25"};
};

}  // namespace

TEST_CASE("failures one after the other make a root rest longer, good work makes them forgotten", "[gfs]") {
    Machine machine;
    for (const auto rest : {10s, 20s, 40s}) {
        machine.memory.failed("aws", "broken");
        machine.memory.failed("aws", "another request that was under way");
        CHECK(machine.memory.health("aws").rests_until == machine.clock.now() + rest);
        machine.clock.pass(rest);
    }
    for (int i = 0; i < 20; ++i) {
        machine.clock.pass(10min);
        machine.memory.failed("aws", "broken");
    }
    CHECK(machine.memory.health("aws").rests_until == machine.clock.now() + 5min);
    machine.memory.did_well("aws");
    CHECK(machine.memory.health("aws").failures == 0);
    CHECK(machine.memory.health("gcs").failures == 0);
}

TEST_CASE("a root that throttles again and again is left alone longer and longer", "[gfs]") {
    Machine machine;
    machine.memory.throttled("nomads", "302", std::nullopt, 60s);
    CHECK(machine.memory.health("nomads").throttled_until == machine.clock.now() + 1min);
    machine.clock.pass(1min);
    machine.memory.throttled("nomads", "302", std::nullopt, 60s);
    CHECK(machine.memory.health("nomads").throttled_until == machine.clock.now() + 2min);
    machine.clock.pass(2min);
    machine.memory.throttled("nomads", "429", 5s, 60s);
    CHECK(machine.memory.health("nomads").throttled_until == machine.clock.now() + 5s);
}

TEST_CASE("the lag of a root outlives its failures", "[gfs]") {
    Machine machine;
    machine.memory.lagged("aws", 90s);
    machine.memory.failed("aws", "broken");
    machine.memory.did_well("aws");
    CHECK(machine.memory.health("aws").lag == 90s);
}

TEST_CASE("the frontier of a cycle is its lowest absent lead above all that are there", "[gfs]") {
    Machine machine;
    machine.memory.was_present(machine.where, 5, "v16");
    machine.memory.was_absent(machine.where, 8);
    machine.memory.was_absent(machine.where, 6);
    machine.memory.was_absent(machine.where, 3);
    CHECK(machine.memory.frontier(machine.where).absent == 6);
    machine.memory.was_present(machine.where, 7, "v16");
    const auto frontier = machine.memory.frontier(machine.where);
    CHECK(frontier.absent == std::nullopt);
    CHECK(frontier.present == 7);
    CHECK(frontier.layout == "v16");
}

TEST_CASE("the frontiers of old cycles are forgotten", "[gfs]") {
    Machine machine;
    machine.memory.was_present(machine.where, 5, "v16");
    machine.clock.pass(72h);
    auto newer = machine.where;
    newer.cycle += 72h;
    machine.memory.was_present(newer, 0, "v16");
    CHECK(machine.memory.frontier(machine.where).present == -1);
    CHECK(machine.memory.frontier(newer).present == 0);
}
