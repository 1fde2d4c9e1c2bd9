// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include <catch2/catch.hpp>

using namespace freshet::test;

TEST_CASE("workers that crash, hang and lose answers finish everything, and no two hold a task at once",
          "[scheduler][simulation]") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        INFO("seed " << seed);
        Simulation day(seed);
        day.run();
        CHECK(day.problems() == std::vector<std::string>{});
    }
}
