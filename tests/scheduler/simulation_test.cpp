// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "days.hpp"

#include <catch2/catch.hpp>

using namespace freshet::test;

TEST_CASE("on days with crashes, hangs and lost answers every invariant holds", "[scheduler][simulation]") {
    run_simulated_days(1, 30);
}
