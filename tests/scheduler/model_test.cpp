// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "model.hpp"

#include <catch2/catch.hpp>

TEST_CASE("work is found as by one who looks at every task", "[scheduler][model]") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) freshet::test::compare_with_reference(seed, 500);
}
