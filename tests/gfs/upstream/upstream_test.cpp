// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/upstream.hpp"

#include "made_up_upload.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

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

/// Mirrors on a simulated web at 06:00; the cycle is the one of midnight, of which everything may be there.
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

    /// Three messages, of which the first and the last are temperatures, with their inventory.
    void publish(const std::string& mirror, int lead = 6, const std::string& who = "abc") {
        const auto url = mirror + gfs::grib_path(cycle, "pgrb2.0p25", lead);
        web.files[url] = {message(who[0]) + message(who[1]) + message(who[2]), clock.now() - 1h};
        const std::string time = lead == 0 ? "anl" : std::to_string(lead) + " hour fcst";
        web.files[url + ".idx"] = {"1:0:d=2026082100:TMP:surface:" + time + ":\n" + "2:32:d=2026082100:RH:surface:" +
                                       time + ":\n" + "3:64:d=2026082100:TMP:500 mb:" + time + ":\n",
                                   clock.now() - 1h};
    }

    std::string found_at(std::string_view mirrors, int lead = 6) { return upstream(mirrors).find(key(lead)).mirror; }

    /// What finding the lead fails with.
    TransientError failure(std::string_view mirrors, int lead = 6) {
        try {
            found_at(mirrors, lead);
        } catch (const TransientError& error) {
            return error;
        }
        return TransientError("it was found", FailureClass::permanent);
    }

    /// The temperatures of the lead, found at one time and fetched at another.
    std::string fetched(std::string_view mirrors, const gfs::LeadFile& found) {
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

TEST_CASE("the preferred root that has a file is read", "[gfs]") {
    Fixture fixture;
    fixture.publish(gcs);
    CHECK(fixture.found_at("aws,gcs") == gcs);
    fixture.publish(aws);
    CHECK(fixture.found_at("aws,gcs") == aws);
}

TEST_CASE("when no root has a file, each answer is told", "[gfs]") {
    Fixture fixture;
    fixture.web.fail_with(gcs, {.status = 503});
    const auto error = fixture.failure("aws,gcs");
    CHECK(error.failure_class() == FailureClass::not_ready);
    CHECK_THAT(error.what(), Catch::StartsWith("no root gives lead 6 of 2026-08-21T00, pgrb2.0p25; aws: HEAD ") &&
                                 Catch::Contains("status 404, it is not there yet; gcs: HEAD ") &&
                                 Catch::EndsWith("status 503, the server failed"));
}

TEST_CASE("a root that failed is asked last until it has rested, then it is preferred again", "[gfs]") {
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

TEST_CASE("a root that throttles is left alone for as long as it said, by all tasks", "[gfs]") {
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
    CHECK_THAT(error.what(), Catch::StartsWith("not asked before 2026-08-21T06:01:30Z: HEAD https://noaa-gfs"));
    CHECK(fixture.web.requests == 0);
    fixture.clock.advance(60s);
    CHECK(fixture.found_at("aws") == aws);
}

TEST_CASE("a file is fetched from where it was found", "[gfs]") {
    Fixture fixture;
    fixture.publish(gcs, 6, "xyz");
    const auto found = fixture.upstream("aws,gcs").find(fixture.key());
    fixture.publish(aws, 6, "abc");
    CHECK(fixture.fetched("aws,gcs", found) == message('x') + message('z'));
}

TEST_CASE("a root that fails in the middle gives nothing of a file, the next one all of it", "[gfs]") {
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

TEST_CASE("an inventory that points between messages is made anew when that is noticed", "[gfs]") {
    Fixture fixture;
    const auto& grib = gfs::test::synthetic_grib(fixture.cycle, 6);
    const auto right = gfs::test::inventory_of(grib);
    auto entries = right.entries();
    for (auto& entry : entries) {
        if (entry.name == "TMP") entry.offset += 5;
    }
    const auto url = aws + gfs::grib_path(fixture.cycle, "pgrb2.0p25", 6);
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

TEST_CASE("a root that blocks this client rests as well", "[gfs]") {
    Fixture fixture;
    fixture.publish(gcs);
    fixture.web.fail_with(aws, {.status = 403});
    CHECK(fixture.found_at("aws,gcs") == gcs);
    fixture.web.request_log.clear();
    CHECK(fixture.found_at("aws,gcs") == gcs);
    CHECK_THAT(fixture.web.request_log, !Catch::Contains(aws));
}

TEST_CASE("a file that was replaced since its inventory was read is read anew", "[gfs]") {
    Fixture fixture;
    fixture.publish(aws, 6, "abc");
    const auto found = fixture.upstream("aws").find(fixture.key());
    fixture.publish(aws, 6, "xyz");
    CHECK(fixture.fetched("aws", found) == message('x') + message('z'));
}

TEST_CASE("before a lead can be there no public root is asked, and it is told when", "[gfs]") {
    Fixture fixture;
    fixture.cycle += 6h;
    const auto error = fixture.failure("aws", 0);
    CHECK(error.failure_class() == FailureClass::not_ready);
    CHECK(error.retry_after() == 3h + 20min);
    CHECK(error.what() ==
          std::string("not asked: lead 0 of 2026-08-21T06 is not expected before 2026-08-21T09:20:00Z"));
    CHECK(fixture.web.requests == 0);
    CHECK_THAT(fixture.failure("http://mirror", 0).what(), Catch::Contains("status 404"));
}

TEST_CASE("a lead far above one that is absent is not asked for in the same minute", "[gfs]") {
    Fixture fixture;
    fixture.failure("aws", 6);
    fixture.web.requests = 0;
    CHECK(fixture.failure("aws", 100).what() ==
          std::string("not asked: at 2026-08-21T06:00:00Z lead 6 of 2026-08-21T00 was not there yet"));
    CHECK(fixture.web.requests == 0);
    fixture.publish(aws, 9);
    CHECK(fixture.found_at("aws", 9) == aws);  // leads may come a little out of order
    fixture.publish(aws, 100);
    CHECK(fixture.found_at("aws", 100) == aws);  // and then the absent one no longer speaks for the rest
}

TEST_CASE("a hole in a cycle that is no longer published keeps nothing back", "[gfs]") {
    Fixture fixture;
    fixture.publish("http://mirror/", 100);
    fixture.clock.advance(24h);
    fixture.failure("http://mirror/", 6);
    CHECK(fixture.found_at("http://mirror/", 100) == "http://mirror/");
}

TEST_CASE("a file that was written seconds ago is left alone at a public root", "[gfs]") {
    Fixture fixture;
    fixture.publish(nomads);
    fixture.web.files[nomads + gfs::grib_path(fixture.cycle, "pgrb2.0p25", 6)].modified = fixture.clock.now() - 12s;
    const auto error = fixture.failure("nomads");
    CHECK(error.failure_class() == FailureClass::not_ready);
    CHECK(error.retry_after() == 18s);
    fixture.clock.advance(18s);
    CHECK(fixture.found_at("nomads") == nomads);
}

TEST_CASE("files of the next version of GFS are found under their own names", "[gfs]") {
    Fixture fixture;
    const std::string file = "gfs.20260821/00/products/atmos/grib2/0p25/gfs.t00z.pres_a.0p25.f006.grib2";
    fixture.publish(aws);
    for (const auto* const ending : {"", ".idx"}) {
        auto node = fixture.web.files.extract(aws + gfs::grib_path(fixture.cycle, "pgrb2.0p25", 6) + ending);
        node.key() = aws + file + ending;
        fixture.web.files.insert(std::move(node));
    }
    CHECK(fixture.upstream("aws").find(fixture.key()).path == file);
    fixture.web.request_log.clear();
    fixture.failure("aws", 7);
    CHECK_THAT(fixture.web.request_log, !Catch::Contains("/atmos/gfs.t00z.pgrb2"));  // known by now
}

TEST_CASE("a file that looks cut off beside its like is held back for another root", "[gfs]") {
    Fixture fixture;
    fixture.publish(aws);
    fixture.publish(gcs);
    CHECK(fixture.found_at("aws,gcs") == aws);
    const auto url = aws + gfs::grib_path(fixture.cycle, "pgrb2.0p25", 6);
    fixture.web.files[url].bytes = message('a');
    fixture.web.files[url + ".idx"].bytes = "1:0:d=2026082100:TMP:surface:6 hour fcst:\n";
    CHECK(fixture.found_at("aws,gcs") == gcs);
    const auto young = fixture.failure("aws");
    CHECK(young.failure_class() == FailureClass::not_ready);
    CHECK_THAT(young.what(), Catch::EndsWith("is held back, since it looks cut off: it has 1 messages in 32 bytes, and "
                                             "the last such file had 3 in 96; --accept-short takes it as it is"));
    fixture.clock.advance(3h);
    CHECK(fixture.failure("aws").failure_class() == FailureClass::permanent);
    fixture.truncated_files = gfs::TruncatedFiles::accepted;
    CHECK(fixture.found_at("aws") == aws);
}

TEST_CASE("the memory of a machine may be lost or damaged without harm", "[gfs]") {
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

TEST_CASE("looking at a file again leaves a root alone that throttles", "[gfs]") {
    Fixture fixture;
    fixture.publish(aws);
    const auto path = gfs::grib_path(fixture.cycle, "pgrb2.0p25", 6);
    fixture.web.fail_with(aws, {.status = 429, .headers = {{"Retry-After", "90"}}});
    CHECK_THROWS_WITH(fixture.upstream("gcs").file_info(aws, path), Catch::Contains("status 429"));
    fixture.web.faults.clear();
    fixture.web.requests = 0;
    CHECK_THROWS_WITH(fixture.upstream("aws").file_info(aws, path),
                      Catch::StartsWith("not asked before 2026-08-21T06:01:30Z"));
    CHECK(fixture.web.requests == 0);
    fixture.clock.advance(91s);
    CHECK(fixture.upstream("aws").file_info(aws, path).length == 96);
}

TEST_CASE("looking at files again keeps to the limit of a root, also of one that is none of the sources", "[gfs]") {
    Fixture fixture;
    fixture.publish(nomads);
    const auto began = fixture.clock.now();
    auto upstream = fixture.upstream("aws");
    for (int look = 0; look < 100; ++look) upstream.file_info(nomads, gfs::grib_path(fixture.cycle, "pgrb2.0p25", 6));
    CHECK(fixture.clock.now() == began);
    upstream.file_info(nomads, gfs::grib_path(fixture.cycle, "pgrb2.0p25", 6));
    CHECK(fixture.clock.now() - began > 60s);
}

TEST_CASE("requests to a public root with a limit are counted on the machine", "[gfs]") {
    Fixture fixture;
    for (int lead = 0; lead < 60; ++lead) fixture.publish(nomads, lead);
    int found = 0;
    while (found < 60 && fixture.failure("nomads", found).what() == std::string("it was found")) ++found;
    CHECK(found == 33);  // three requests each, a hundred a minute
    CHECK(fixture.web.requests == 99);
    CHECK(fixture.failure("nomads", found).failure_class() == FailureClass::throttled);
}
