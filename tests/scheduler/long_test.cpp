// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "reference_scheduler.hpp"
#include "simulation.hpp"

#include <catch2/catch.hpp>

using namespace freshet::test;

TEST_CASE("on many days the assignments are those of the reference scheduler", "[scheduler][long]") {
    for (std::uint64_t seed = 1000; seed < 1300; ++seed) compare_with_reference(seed, 3000);
}

// Ten thousand days, in parts that run in parallel.
TEST_CASE("on days 1 to 2500 every invariant holds", "[scheduler][long]") { run_simulated_days(1, 2'500); }
TEST_CASE("on days 2501 to 5000 every invariant holds", "[scheduler][long]") { run_simulated_days(2'501, 5'000); }
TEST_CASE("on days 5001 to 7500 every invariant holds", "[scheduler][long]") { run_simulated_days(5'001, 7'500); }
TEST_CASE("on days 7501 to 10000 every invariant holds", "[scheduler][long]") { run_simulated_days(7'501, 10'000); }
