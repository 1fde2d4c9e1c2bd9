// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/clock.hpp"

#include <catch2/catch.hpp>

TEST_CASE("the steady clock never goes back", "[base]") {
    const freshet::SystemClock clock;
    const auto first = clock.steady_now();
    CHECK(clock.steady_now() >= first);
}
