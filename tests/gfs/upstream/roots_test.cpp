// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/roots.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 6h;

}  // namespace

TEST_CASE("roots are named, or given as URLs and folders, in order of preference", "[gfs]") {
    const auto mirrors = gfs::parse_mirrors("aws, nomads,http://mirror:8080/gfs,/data/gfs");
    REQUIRE(mirrors.size() == 4);
    CHECK(mirrors[0].address == "https://noaa-gfs-bdp-pds.s3.amazonaws.com/");
    CHECK(mirrors[1].known->requests_per_minute == 100);
    CHECK(mirrors[2].known == nullptr);
    CHECK(mirrors[2].host() == "mirror:8080");
    CHECK(mirrors[3].is_folder());
}

TEST_CASE("a public root is known by its address too", "[gfs]") {
    const auto mirrors = gfs::parse_mirrors("https://nomads.ncep.noaa.gov/pub/data/nccf/com/gfs/prod");
    CHECK(mirrors.at(0).name == "nomads");
    CHECK(mirrors.at(0).host() == "nomads.ncep.noaa.gov");
}

TEST_CASE("a misspelt root is refused with those that there are", "[gfs]") {
    CHECK_THROWS_WITH(gfs::parse_mirrors("aws,nomad"),
                      "'nomad' is no source: it is neither one of nomads, aws, gcs, azure, nor a URL, nor a folder");
    CHECK_THROWS_WITH(gfs::parse_mirrors(" ,"), "' ,' names no source");
}

TEST_CASE("a root is not asked for cycles that it does not keep", "[gfs]") {
    const auto mirrors = gfs::parse_mirrors("nomads,aws,azure,/data/gfs");
    CHECK(gfs::unavailable_reason(mirrors[0], gfs::MirrorRole::preferred, cycle, cycle + 9 * 24h).empty());
    CHECK(gfs::unavailable_reason(mirrors[0], gfs::MirrorRole::preferred, cycle, cycle + 11 * 24h) ==
          "it keeps cycles for 10 days");
    CHECK(gfs::unavailable_reason(mirrors[2], gfs::MirrorRole::fallback, cycle, cycle + 31 * 24h) ==
          "it keeps cycles for 30 days");
    const gfs::Cycle old = std::chrono::sys_days{2020y / 12 / 31} + 18h;
    CHECK(gfs::unavailable_reason(mirrors[1], gfs::MirrorRole::fallback, old, cycle) ==
          "it holds nothing older than 2021-01-01");
    CHECK(gfs::unavailable_reason(mirrors[3], gfs::MirrorRole::fallback, old, cycle).empty());
}

TEST_CASE("NOMADS is a fallback for young cycles only", "[gfs]") {
    const auto mirrors = gfs::parse_mirrors("aws,nomads");
    CHECK(gfs::unavailable_reason(mirrors[1], gfs::MirrorRole::fallback, cycle, cycle + 11h).empty());
    CHECK(gfs::unavailable_reason(mirrors[1], gfs::MirrorRole::fallback, cycle, cycle + 13h) ==
          "it is asked after others only for cycles of the last 12 hours");
}
