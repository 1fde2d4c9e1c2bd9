// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/upstream.hpp"

#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"
#include "synthetic_upload.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace std::chrono_literals;
using freshet::FailureClass;
using freshet::TransientError;
using gfs::test::FakeWeb;
using gfs::test::message;

namespace {

const std::string aws = "https://noaa-gfs-bdp-pds.s3.amazonaws.com/";
const std::string gcs = "https://storage.googleapis.com/global-forecast-system/";
const std::string nomads = "https://nomads.ncep.noaa.gov/pub/data/nccf/com/gfs/prod/";
const std::string private_mirror = "http://mirror/";

/// Mirrors on a simulated web at 06:00, when the cycle of 00:00 may be completely published.
struct Fixture {
    freshet::test::TempDir folder;
    freshet::test::FakeClock clock;
    FakeWeb web;
    gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 0h;
    gfs::TruncatedFiles truncated_files = gfs::TruncatedFiles::rejected;

    gfs::Upstream upstream(std::string_view mirrors) {
        return gfs::Upstream(mirrors, {.client = web,
                                       .clock = clock,
                                       .cache_folder = folder / ".freshet",
                                       .truncated_files = truncated_files,
                                       .sleep = [this](auto time) { clock.advance(time); }});
    }
    gfs::FileKey key(int lead = 6) const { return {cycle, "pgrb2.0p25", lead}; }

    /// Three messages, the first and the last of the temperature, with their inventory.
    void publish(const std::string& mirror, int lead = 6, const std::string& who = "abc") {
        const auto url = mirror + gfs::grib_path({cycle, "pgrb2.0p25", lead});
        web.files[url] = {message(who[0]) + message(who[1]) + message(who[2]), clock.now() - 1h};
        const std::string time = lead == 0 ? "anl" : std::to_string(lead) + " hour fcst";
        web.files[url + ".idx"] = {"1:0:d=2026082100:TMP:surface:" + time + ":\n" + "2:32:d=2026082100:RH:surface:" +
                                       time + ":\n" + "3:64:d=2026082100:TMP:500 mb:" + time + ":\n",
                                   clock.now() - 1h};
    }

    std::string found_at(std::string_view mirrors, int lead = 6) { return upstream(mirrors).find(key(lead)).mirror; }

    /// The error of finding the lead.
    TransientError failure(std::string_view mirrors, int lead = 6) {
        try {
            found_at(mirrors, lead);
        } catch (const TransientError& error) {
            return error;
        }
        return TransientError("it was found", FailureClass::permanent);
    }

    /// The temperature messages of a lead that was found before.
    std::string fetched(std::string_view mirrors, const gfs::ForecastFile& found) {
        std::string all;
        const auto select = [](const gfs::Inventory& inventory) {
            auto entries = inventory.entries();
            std::erase_if(entries, [](const gfs::Entry& entry) { return entry.name != "TMP"; });
            return entries;
        };
        const auto make_sink = [&all] {
            all.clear();
            return [&all](std::string_view bytes, std::uint64_t, std::uint64_t) { all += bytes; };
        };
        upstream(mirrors).fetch(key(), found, {.select = select, .make_sink = make_sink, .limits = {.waste = 0}});
        return all;
    }
};

}  // namespace

TEST_CASE("the most preferred mirror that has a file is read", "[gfs]") {
    Fixture fixture;
    fixture.publish(gcs);
    CHECK(fixture.found_at("aws,gcs") == gcs);
    fixture.publish(aws);
    CHECK(fixture.found_at("aws,gcs") == aws);
}

TEST_CASE("when no mirror has a file, the error has the message of each", "[gfs]") {
    Fixture fixture;
    fixture.web.fail_with(gcs, {.status = 503});
    const auto error = fixture.failure("aws,gcs");
    CHECK(error.failure_class() == FailureClass::not_ready);
    CHECK_THAT(error.what(), Catch::StartsWith("no mirror has lead 6 of 2026-08-21T00, pgrb2.0p25; aws: HEAD ") &&
                                 Catch::Contains("status 404, not published yet; gcs: HEAD ") &&
                                 Catch::EndsWith("status 503, server error"));
}

TEST_CASE("a failed mirror is asked last during its back-off, then preferred again", "[gfs]") {
    Fixture fixture;
    fixture.publish(aws);
    fixture.publish(gcs);
    fixture.web.fail_with(aws, {.status = 500});
    CHECK(fixture.found_at("aws,gcs") == gcs);
    fixture.web.request_log.clear();
    CHECK(fixture.found_at("aws,gcs") == gcs);
    CHECK_THAT(fixture.web.request_log, !Catch::Contains(aws));
    fixture.web.faults.clear();
    fixture.clock.advance(11s);
    CHECK(fixture.found_at("aws,gcs") == aws);
}

TEST_CASE("a throttling mirror is skipped by all tasks until its Retry-After", "[gfs]") {
    Fixture fixture;
    fixture.publish(aws);
    fixture.web.fail_with(aws, {.status = 429, .headers = {{"Retry-After", "90"}}});
    CHECK(fixture.failure("aws").retry_after() == 90s);
    fixture.web.faults.clear();
    fixture.web.requests = 0;
    fixture.clock.advance(30s);
    const auto error = fixture.failure("aws");
    CHECK(error.failure_class() == FailureClass::throttled);
    CHECK(error.retry_after() == 60s);
    CHECK_THAT(error.what(), Catch::StartsWith("skipped until 2026-08-21T06:01:30Z: HEAD https://noaa-gfs"));
    CHECK(fixture.web.requests == 0);
    fixture.clock.advance(60s);
    CHECK(fixture.found_at("aws") == aws);
}

TEST_CASE("a file is fetched from the mirror where it was found", "[gfs]") {
    Fixture fixture;
    fixture.publish(gcs, 6, "xyz");
    const auto found = fixture.upstream("aws,gcs").find(fixture.key());
    fixture.publish(aws, 6, "abc");
    CHECK(fixture.fetched("aws,gcs", found) == message('x') + message('z'));
}

TEST_CASE("after a failure in the middle of a download all messages come from the next mirror", "[gfs]") {
    Fixture fixture;
    fixture.publish(aws, 6, "abc");
    fixture.publish(gcs, 6, "xyz");
    const auto found = fixture.upstream("aws,gcs").find(fixture.key());
    fixture.web.faults[aws] = [](const FakeWeb::Request& request) -> std::optional<FakeWeb::Response> {
        if (request.headers.empty() || request.headers.front().second != "bytes=64-95") return std::nullopt;
        throw TransientError("get '" + request.url + "': the connection was cut");
    };
    CHECK(fixture.fetched("aws,gcs", found) == message('x') + message('z'));
}

TEST_CASE("an inventory with wrong offsets is rebuilt during the download", "[gfs]") {
    Fixture fixture;
    const auto& grib = gfs::test::synthetic_grib(fixture.cycle, 6);
    const auto right = gfs::test::inventory_of(grib);
    auto entries = right.entries();
    for (auto& entry : entries) {
        if (entry.name == "TMP") entry.offset += 5;
    }
    const auto url = aws + gfs::grib_path({fixture.cycle, "pgrb2.0p25", 6});
    fixture.web.files[url] = {grib, fixture.clock.now() - 1h};
    fixture.web.files[url + ".idx"] = {gfs::Inventory(entries).text(), fixture.clock.now() - 1h};
    const auto found = fixture.upstream("aws").find(fixture.key());
    REQUIRE(found.inventory != right);
    std::string expected;
    for (const auto& entry : right.entries()) {
        if (entry.name == "TMP") expected += grib.substr(entry.offset, *right.end_of(entry.offset) - entry.offset);
    }
    CHECK(fixture.fetched("aws", found) == expected);
}

TEST_CASE("a mirror that blocks this client is in back-off", "[gfs]") {
    Fixture fixture;
    fixture.publish(gcs);
    fixture.web.fail_with(aws, {.status = 403});
    CHECK(fixture.found_at("aws,gcs") == gcs);
    fixture.web.request_log.clear();
    CHECK(fixture.found_at("aws,gcs") == gcs);
    CHECK_THAT(fixture.web.request_log, !Catch::Contains(aws));
}

TEST_CASE("a file that was replaced after its inventory was read is inspected again", "[gfs]") {
    Fixture fixture;
    fixture.publish(aws, 6, "abc");
    const auto found = fixture.upstream("aws").find(fixture.key());
    fixture.publish(aws, 6, "xyz");
    CHECK(fixture.fetched("aws", found) == message('x') + message('z'));
}

TEST_CASE("no public mirror is asked before the earliest publication of a lead", "[gfs]") {
    Fixture fixture;
    fixture.cycle += 6h;
    const auto error = fixture.failure("aws", 0);
    CHECK(error.failure_class() == FailureClass::not_ready);
    CHECK(error.retry_after() == 3h + 20min);
    CHECK(error.what() == std::string("skipped: lead 0 of 2026-08-21T06 is not expected before 2026-08-21T09:20:00Z"));
    CHECK(fixture.web.requests == 0);
    CHECK_THAT(fixture.failure("http://mirror", 0).what(), Catch::Contains("status 404"));
}

TEST_CASE("a lead far above an absent one is not asked for in the same minute", "[gfs]") {
    Fixture fixture;
    fixture.failure("aws", 6);
    fixture.web.requests = 0;
    CHECK(fixture.failure("aws", 100).what() ==
          std::string("skipped: at 2026-08-21T06:00:00Z lead 6 of 2026-08-21T00 was not published yet"));
    CHECK(fixture.web.requests == 0);
    fixture.publish(aws, 9);
    CHECK(fixture.found_at("aws", 9) == aws);  // leads may appear slightly out of order
    fixture.publish(aws, 100);
    CHECK(fixture.found_at("aws", 100) == aws);  // the absent lead no longer stands for later ones
}

TEST_CASE("a gap in a cycle that is no longer being published does not hide later leads", "[gfs]") {
    Fixture fixture;
    fixture.publish("http://mirror/", 100);
    fixture.clock.advance(24h);
    fixture.failure("http://mirror/", 6);
    CHECK(fixture.found_at("http://mirror/", 100) == "http://mirror/");
}

TEST_CASE("a file that was written seconds ago is not ready at a public mirror", "[gfs]") {
    Fixture fixture;
    fixture.publish(nomads);
    fixture.web.files[nomads + gfs::grib_path({fixture.cycle, "pgrb2.0p25", 6})].modified = fixture.clock.now() - 12s;
    const auto error = fixture.failure("nomads");
    CHECK(error.failure_class() == FailureClass::not_ready);
    CHECK(error.retry_after() == 18s);
    fixture.clock.advance(18s);
    CHECK(fixture.found_at("nomads") == nomads);
}

TEST_CASE("files of the next version of GFS are found by their new paths", "[gfs]") {
    Fixture fixture;
    const std::string file = "gfs.20260821/00/products/atmos/grib2/0p25/gfs.t00z.pres_a.0p25.f006.grib2";
    fixture.publish(aws);
    for (const auto* const ending : {"", ".idx"}) {
        auto node = fixture.web.files.extract(aws + gfs::grib_path({fixture.cycle, "pgrb2.0p25", 6}) + ending);
        node.key() = aws + file + ending;
        fixture.web.files.insert(std::move(node));
    }
    CHECK(fixture.upstream("aws").find(fixture.key()).path == file);
    fixture.web.request_log.clear();
    fixture.failure("aws", 7);
    CHECK_THAT(fixture.web.request_log, !Catch::Contains("/atmos/gfs.t00z.pgrb2"));  // the layout is known by now
}

TEST_CASE("a file of an archive without inventories is indexed, without a request for one", "[gfs]") {
    Fixture fixture;
    const gfs::FileKey key{std::chrono::sys_days{2019y / 6 / 12} + 12h, "pgrb2.0p25", 6};
    const std::string url = "https://data.rda.ucar.edu/d084001/2019/20190612/gfs.0p25.2019061212.f006.grib2";
    fixture.web.files[url] = {gfs::test::synthetic_grib(key.cycle, key.lead), key.cycle + 48h};
    const auto found = fixture.upstream("aws,rda").find(key);
    CHECK(found.address() == url);
    CHECK(found.inventory == gfs::test::inventory_of(gfs::test::synthetic_grib(key.cycle, key.lead)));
    CHECK_THAT(fixture.web.request_log, !Catch::Contains("aws") && !Catch::Contains(".idx"));
}

TEST_CASE("the mean of an ensemble in the place of a member is rejected in favour of another mirror", "[gfs]") {
    Fixture fixture;
    const gfs::FileKey member{.cycle = fixture.cycle,
                              .product = "gefs.pgrb2a.0p50",
                              .lead = 6,
                              .member = gfs::EnsembleMember{gfs::MemberKind::perturbed, 1}};
    gfs::FileKey mean = member;
    mean.member = gfs::EnsembleMember{gfs::MemberKind::mean};
    const gfs::simulator::Weather weather({.columns = 36, .rows = 19});
    const auto publish = [&](const std::string& mirror, const gfs::FileKey& content) {
        const auto grib = gfs::simulator::synthetic_file(weather, content);
        fixture.web.files[mirror + gfs::grib_path(member)] = {grib, fixture.clock.now() - 4h};
        fixture.web.files[mirror + gfs::index_path(member)] = {gfs::test::inventory_of(grib).text(),
                                                               fixture.clock.now() - 4h};
    };
    publish("http://a/", mean);
    publish("http://b/", member);
    CHECK(fixture.upstream("http://a/,http://b/").find(member).mirror == "http://b/");
    CHECK_THROWS_WITH(fixture.upstream("http://a/").find(member),
                      Catch::Contains("gep01.t00z.pgrb2a.0p50.f006' is not of the member p01"));
}

TEST_CASE("a file that looks truncated is rejected in favour of another mirror", "[gfs]") {
    Fixture fixture;
    fixture.publish(aws);
    fixture.publish(gcs);
    CHECK(fixture.found_at("aws,gcs") == aws);
    const auto url = aws + gfs::grib_path({fixture.cycle, "pgrb2.0p25", 6});
    fixture.web.files[url].bytes = message('a');
    fixture.web.files[url + ".idx"].bytes = "1:0:d=2026082100:TMP:surface:6 hour fcst:\n";
    CHECK(fixture.found_at("aws,gcs") == gcs);
    const auto young = fixture.failure("aws");
    CHECK(young.failure_class() == FailureClass::not_ready);
    CHECK_THAT(young.what(),
               Catch::EndsWith("looks truncated: it has 1 messages in 32 bytes, the previous file had 3 in "
                               "96; pass --accept-short to accept it"));
    fixture.clock.advance(3h);
    CHECK(fixture.failure("aws").failure_class() == FailureClass::permanent);
    fixture.truncated_files = gfs::TruncatedFiles::accepted;
    CHECK(fixture.found_at("aws") == aws);
}

TEST_CASE("lost or damaged cache files do no harm", "[gfs]") {
    Fixture fixture;
    fixture.publish(aws);
    for (const auto* const file : {"roots.json", "sizes.json"}) {
        std::filesystem::create_directories(fixture.folder / ".freshet");
        std::ofstream(fixture.folder / ".freshet" / file) << R"({"roots": {"https://noaa)";
    }
    CHECK(fixture.found_at("aws") == aws);
    std::filesystem::remove_all(fixture.folder / ".freshet");
    std::ofstream(fixture.folder / ".freshet") << "a file where the folder should be";
    CHECK(fixture.found_at("aws") == aws);
}

TEST_CASE("file_info skips a throttling mirror", "[gfs]") {
    Fixture fixture;
    fixture.publish(aws);
    const auto path = gfs::grib_path({fixture.cycle, "pgrb2.0p25", 6});
    fixture.web.fail_with(aws, {.status = 429, .headers = {{"Retry-After", "90"}}});
    CHECK_THROWS_WITH(fixture.upstream("gcs").file_info(aws, path), Catch::Contains("status 429"));
    fixture.web.faults.clear();
    fixture.web.requests = 0;
    CHECK_THROWS_WITH(fixture.upstream("aws").file_info(aws, path),
                      Catch::StartsWith("skipped until 2026-08-21T06:01:30Z"));
    CHECK(fixture.web.requests == 0);
    fixture.clock.advance(91s);
    CHECK(fixture.upstream("aws").file_info(aws, path).length == 96);
}

TEST_CASE("file_info keeps to the rate limit of a mirror outside the list", "[gfs]") {
    Fixture fixture;
    fixture.publish(nomads);
    const auto began = fixture.clock.now();
    auto upstream = fixture.upstream("aws");
    for (int look = 0; look < 100; ++look) upstream.file_info(nomads, gfs::grib_path({fixture.cycle, "pgrb2.0p25", 6}));
    CHECK(fixture.clock.now() == began);
    upstream.file_info(nomads, gfs::grib_path({fixture.cycle, "pgrb2.0p25", 6}));
    CHECK(fixture.clock.now() - began > 60s);
}

TEST_CASE("requests to a rate-limited mirror are counted for the whole machine", "[gfs]") {
    Fixture fixture;
    for (int lead = 0; lead < 60; ++lead) fixture.publish(nomads, lead);
    int found = 0;
    while (found < 60 && fixture.failure("nomads", found).what() == std::string("it was found")) ++found;
    CHECK(found == 33);  // three requests each, a hundred a minute
    CHECK(fixture.web.requests == 99);
    CHECK(fixture.failure("nomads", found).failure_class() == FailureClass::throttled);
}
