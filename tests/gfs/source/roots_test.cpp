// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/roots.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 6h;

}  // namespace

TEST_CASE("roots are named, or given as URLs and folders, in order of preference", "[gfs]") {
    const auto roots = gfs::parse_roots("aws, nomads,http://mirror:8080/gfs,/data/gfs");
    REQUIRE(roots.size() == 4);
    CHECK(roots[0].address == "https://noaa-gfs-bdp-pds.s3.amazonaws.com/");
    CHECK(roots[1].known->requests_a_minute == 100);
    CHECK(roots[2].known == nullptr);
    CHECK(roots[2].host() == "mirror:8080");
    CHECK(roots[3].is_folder());
}

TEST_CASE("a public root is known by its address too", "[gfs]") {
    const auto roots = gfs::parse_roots("https://nomads.ncep.noaa.gov/pub/data/nccf/com/gfs/prod");
    CHECK(roots.at(0).name == "nomads");
    CHECK(roots.at(0).host() == "nomads.ncep.noaa.gov");
}

TEST_CASE("a misspelt root is refused with those that there are", "[gfs]") {
    CHECK_THROWS_WITH(gfs::parse_roots("aws,nomad"),
                      "'nomad' is no source: it is neither one of nomads, aws, gcs, azure, nor a URL, nor a folder");
    CHECK_THROWS_WITH(gfs::parse_roots(" ,"), "' ,' names no source");
}

TEST_CASE("a root is not asked for cycles that it does not keep", "[gfs]") {
    const auto roots = gfs::parse_roots("nomads,aws,azure,/data/gfs");
    CHECK(gfs::why_not_kept(roots[0], gfs::Place::preferred, cycle, cycle + 9 * 24h).empty());
    CHECK(gfs::why_not_kept(roots[0], gfs::Place::preferred, cycle, cycle + 11 * 24h) == "it keeps cycles for 10 days");
    CHECK(gfs::why_not_kept(roots[2], gfs::Place::fallback, cycle, cycle + 31 * 24h) == "it keeps cycles for 30 days");
    const gfs::Cycle old = std::chrono::sys_days{2020y / 12 / 31} + 18h;
    CHECK(gfs::why_not_kept(roots[1], gfs::Place::fallback, old, cycle) == "it holds nothing older than 2021-01-01");
    CHECK(gfs::why_not_kept(roots[3], gfs::Place::fallback, old, cycle).empty());
}

TEST_CASE("NOMADS is a fallback for young cycles only", "[gfs]") {
    const auto roots = gfs::parse_roots("aws,nomads");
    CHECK(gfs::why_not_kept(roots[1], gfs::Place::fallback, cycle, cycle + 11h).empty());
    CHECK(gfs::why_not_kept(roots[1], gfs::Place::fallback, cycle, cycle + 13h) ==
          "it is asked after others only for cycles of the last 12 hours");
}
