// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulation.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace freshet::test {

inline void run_simulated_day(std::uint64_t seed, std::ostream* trace = nullptr) {
    INFO("seed " << seed << ": FRESHET_SEED=" << seed << " tells this day, call by call");
    Simulation day(seed, trace);
    day.run();
    CHECK(day.violations() == std::vector<std::string>{});
}

/// The days of these seeds; only that of FRESHET_SEED, when it is set.
inline void run_simulated_days(std::uint64_t first, std::uint64_t last) {
    if (const char* only = std::getenv("FRESHET_SEED")) return run_simulated_day(std::stoull(only), &std::cout);
    for (std::uint64_t seed = first; seed <= last; ++seed) run_simulated_day(seed);
}

}  // namespace freshet::test
