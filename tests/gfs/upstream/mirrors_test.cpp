// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/mirrors.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 6h;

}  // namespace

TEST_CASE("mirrors are names, URLs and folders in order of preference", "[gfs]") {
    const auto mirrors = gfs::parse_mirrors("aws, nomads,http://mirror:8080/gfs,/data/gfs");
    REQUIRE(mirrors.size() == 4);
    CHECK(mirrors[0].address == "https://noaa-gfs-bdp-pds.s3.amazonaws.com/");
    CHECK(mirrors[1].known->requests_per_minute == 100);
    CHECK(mirrors[2].known == nullptr);
    CHECK(mirrors[2].host() == "mirror:8080");
    CHECK(mirrors[3].is_folder());
}

TEST_CASE("a public mirror is recognised by its address", "[gfs]") {
    const auto mirrors = gfs::parse_mirrors("https://nomads.ncep.noaa.gov/pub/data/nccf/com/gfs/prod");
    CHECK(mirrors.at(0).name == "nomads");
    CHECK(mirrors.at(0).host() == "nomads.ncep.noaa.gov");
}

TEST_CASE("a misspelt mirror is rejected with the list of known ones", "[gfs]") {
    CHECK_THROWS_WITH(gfs::parse_mirrors("aws,nomad"),
                      "'nomad' is not a mirror: expected one of nomads, aws, gcs, azure, a URL or a folder");
    CHECK_THROWS_WITH(gfs::parse_mirrors(" ,"), "' ,' names no mirror");
}

TEST_CASE("a mirror is not asked for cycles that it does not keep", "[gfs]") {
    const auto mirrors = gfs::parse_mirrors("nomads,aws,azure,/data/gfs");
    CHECK(gfs::unavailable_reason(mirrors[0], gfs::MirrorRole::preferred, cycle, cycle + 9 * 24h).empty());
    CHECK(gfs::unavailable_reason(mirrors[0], gfs::MirrorRole::preferred, cycle, cycle + 11 * 24h) ==
          "it keeps cycles for 10 days");
    CHECK(gfs::unavailable_reason(mirrors[2], gfs::MirrorRole::fallback, cycle, cycle + 31 * 24h) ==
          "it keeps cycles for 30 days");
    const gfs::Cycle old = std::chrono::sys_days{2020y / 12 / 31} + 18h;
    CHECK(gfs::unavailable_reason(mirrors[1], gfs::MirrorRole::fallback, old, cycle) ==
          "its oldest data is of 2021-01-01");
    CHECK(gfs::unavailable_reason(mirrors[3], gfs::MirrorRole::fallback, old, cycle).empty());
}

TEST_CASE("NOMADS is a fallback for young cycles only", "[gfs]") {
    const auto mirrors = gfs::parse_mirrors("aws,nomads");
    CHECK(gfs::unavailable_reason(mirrors[1], gfs::MirrorRole::fallback, cycle, cycle + 11h).empty());
    CHECK(gfs::unavailable_reason(mirrors[1], gfs::MirrorRole::fallback, cycle, cycle + 13h) ==
          "it is a fallback only for cycles of the last 12 hours");
}

TEST_CASE("the first files are published 3 h 20 min after the analysis at the earliest, the last usually by 5 h 35 min",
          "[gfs]") {
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
