// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"
#include "reference_scheduler.hpp"

#include <catch2/catch.hpp>

using namespace freshet::test;

TEST_CASE("on days with crashes, hangs and lost answers every invariant holds", "[scheduler][simulation]") {
    run_simulated_days(1, 30);
}

TEST_CASE("the assignments are those of the reference scheduler", "[scheduler][model]") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) compare_with_reference(seed, 500);
}
