// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "model.hpp"
#include "simulation.hpp"

#include <catch2/catch.hpp>

using namespace freshet::test;

TEST_CASE("in many days work is found as by one who looks at every task", "[scheduler][long]") {
    for (std::uint64_t seed = 1000; seed < 1300; ++seed) run_day(seed, 3000);
}

TEST_CASE("in many days everything is finished and no two hold a task at once", "[scheduler][long]") {
    for (std::uint64_t seed = 1000; seed < 5'000; ++seed) {
        INFO("seed " << seed);
        Simulation day(seed);
        day.run();
        REQUIRE(day.problems() == std::vector<std::string>{});
    }
}
