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
                      "'nomad' is not a mirror: expected one of nomads, aws, gcs, azure, rda, ncei, a URL or a folder");
    CHECK_THROWS_WITH(gfs::parse_mirrors(" ,"), "' ,' names no mirror");
}

TEST_CASE("a mirror is not asked for cycles that it does not keep", "[gfs]") {
    const auto mirrors = gfs::parse_mirrors("nomads,aws,azure,/data/gfs");
    CHECK(gfs::unavailable_reason(mirrors[0], gfs::MirrorRole::preferred, {cycle}, cycle + 9 * 24h).empty());
    CHECK(gfs::unavailable_reason(mirrors[0], gfs::MirrorRole::preferred, {cycle}, cycle + 11 * 24h) ==
          "it keeps cycles for 10 days");
    CHECK(gfs::unavailable_reason(mirrors[2], gfs::MirrorRole::fallback, {cycle}, cycle + 31 * 24h) ==
          "it keeps cycles for 30 days");
    const gfs::Cycle old = std::chrono::sys_days{2020y / 12 / 31} + 18h;
    CHECK(gfs::unavailable_reason(mirrors[1], gfs::MirrorRole::fallback, {old}, cycle) ==
          "its oldest data is of 2021-01-01");
    CHECK(gfs::unavailable_reason(mirrors[3], gfs::MirrorRole::fallback, {old}, cycle).empty());
}

TEST_CASE("each model has places of its own at a mirror", "[gfs]") {
    const auto address = [](const char* mirror, const char* model) {
        return gfs::parse_mirrors(mirror, model).front().address;
    };
    CHECK(address("aws", "GEFS") == "https://noaa-gefs-pds.s3.amazonaws.com/");
    CHECK(address("nomads", "AIGFS") == "https://nomads.ncep.noaa.gov/pub/data/nccf/com/aigfs/prod/");
    const auto by_address = gfs::mirror_at("https://noaa-gefs-pds.s3.amazonaws.com");
    REQUIRE(by_address.known != nullptr);
    CHECK(by_address.known->model == "GEFS");
}

TEST_CASE("a mirror that does not hold a model, a product or a lead is not asked, and says so", "[gfs]") {
    const auto reason = [](const char* mirror, gfs::Cycle of, const char* product, int lead) {
        const gfs::FileKey key{of, product, lead};
        const auto model = gfs::find_product(product).model;
        return gfs::unavailable_reason(gfs::parse_mirrors(mirror, model).front(), gfs::MirrorRole::preferred, key,
                                       of + 6h);
    };
    const gfs::Cycle old = std::chrono::sys_days{2019y / 6 / 12} + 12h;
    CHECK(reason("gcs", cycle, "aigfs.sfc", 6) == "it does not hold AIGFS");
    CHECK(reason("aws", cycle, "aigfs.sfc", 6).empty());
    CHECK(reason("rda", old, "pgrb2.0p25", 6).empty());
    CHECK(reason("rda", old, "pgrb2.0p25", 7) == "it has no lead 7 of 'pgrb2.0p25' for that cycle");
    CHECK(reason("ncei", old, "pgrb2.0p25", 6) == "it has no lead 6 of 'pgrb2.0p25' for that cycle");
    CHECK(reason("ncei", old, "pgrb2.0p50", 6).empty());
    CHECK(reason("/data/gfs", old, "gfswave.global.0p25", 6) ==
          "it has no lead 6 of 'gfswave.global.0p25' for that cycle");
}

TEST_CASE("GDAS is expected later than GFS, and all products later at later leads", "[gfs]") {
    CHECK(gfs::earliest_publication({cycle, "gdas.pgrb2.0p25", 0}) >
          gfs::usual_publication({cycle, "pgrb2.0p25", 120}));
    CHECK(gfs::usual_publication({cycle, "gdas.pgrb2.0p25", 9}) ==
          gfs::usual_publication({cycle, "gdas.pgrb2.0p25", 0}));
    CHECK(gfs::earliest_publication({cycle, "gefs.pgrb2a.0p50", 384}) <= cycle + 6h + 30min);
}

TEST_CASE("NOMADS is a fallback for young cycles only", "[gfs]") {
    const auto mirrors = gfs::parse_mirrors("aws,nomads");
    CHECK(gfs::unavailable_reason(mirrors[1], gfs::MirrorRole::fallback, {cycle}, cycle + 11h).empty());
    CHECK(gfs::unavailable_reason(mirrors[1], gfs::MirrorRole::fallback, {cycle}, cycle + 13h) ==
          "it is a fallback only for cycles of the last 12 hours");
}

TEST_CASE("the first files are published 3 h 20 min after the analysis at the earliest, the last usually by 5 h 35 min",
          "[gfs]") {
    CHECK(gfs::earliest_publication({cycle, "pgrb2.0p25", 0}) == cycle + 3h + 20min);
    CHECK(gfs::usual_publication({cycle, "pgrb2.0p25", 384}) == cycle + 5h + 35min);
    CHECK(gfs::usual_publication({cycle, "pgrb2.0p25", 500}) == gfs::usual_publication({cycle, "pgrb2.0p25", 384}));
}

TEST_CASE("a later lead is never expected earlier", "[gfs]") {
    for (int lead = 1; lead <= 384; ++lead) {
        CAPTURE(lead);
        CHECK(gfs::earliest_publication({cycle, "pgrb2.0p25", lead}) >=
              gfs::earliest_publication({cycle, "pgrb2.0p25", lead - 1}));
        CHECK(gfs::earliest_publication({cycle, "pgrb2.0p25", lead}) <
              gfs::usual_publication({cycle, "pgrb2.0p25", lead}));
    }
}
