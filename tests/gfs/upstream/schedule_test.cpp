// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/schedule.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 6h;

}  // namespace

TEST_CASE("the first files are possible 3 h 20 min after the analysis, the last are there after 5 h 35 min", "[gfs]") {
    CHECK(gfs::earliest_publication(cycle, 0) == cycle + 3h + 20min);
    CHECK(gfs::usual_publication(cycle, 384) == cycle + 5h + 35min);
    CHECK(gfs::usual_publication(cycle, 500) == gfs::usual_publication(cycle, 384));
}

TEST_CASE("a later lead is never expected earlier", "[gfs]") {
    for (int lead = 1; lead <= 384; ++lead) {
        CAPTURE(lead);
        CHECK(gfs::earliest_publication(cycle, lead) >= gfs::earliest_publication(cycle, lead - 1));
        CHECK(gfs::earliest_publication(cycle, lead) < gfs::usual_publication(cycle, lead));
    }
}
