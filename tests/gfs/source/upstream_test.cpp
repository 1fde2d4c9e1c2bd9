// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/upstream.hpp"

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
const std::string mirror = "http://mirror/";

/// Roots on a simulated web at 06:00; the cycle is the one of midnight, of which everything may be there.
struct Scene {
    freshet::test::TempDir folder;
    freshet::test::FakeClock clock;
    FakeWeb web;
    gfs::Cycle cycle = std::chrono::sys_days{2026y / 8 / 21} + 0h;
    gfs::Short short_files = gfs::Short::held_back;

    gfs::Upstream upstream(std::string_view roots) {
        return gfs::Upstream(roots, {.client = web,
                                     .clock = clock,
                                     .memory = folder / ".freshet",
                                     .short_files = short_files,
                                     .pause = [this](auto time) { clock.pass(time); }});
    }
    gfs::LeadName name(int lead = 6) const { return {cycle, "pgrb2.0p25", lead}; }

    /// Three messages, of which the first and the last are temperatures, with their inventory.
    void publish(const std::string& root, int lead = 6, const std::string& who = "abc") {
        const auto url = root + gfs::grib_path(cycle, "pgrb2.0p25", lead);
        web.files[url] = {message(who[0]) + message(who[1]) + message(who[2]), clock.now() - 1h};
        const std::string time = lead == 0 ? "anl" : std::to_string(lead) + " hour fcst";
        web.files[url + ".idx"] = {"1:0:d=2026082100:TMP:surface:" + time + ":\n" +
                                       "2:32:d=2026082100:RH:surface:" + time + ":\n" +
                                       "3:64:d=2026082100:TMP:500 mb:" + time + ":\n",
                                   clock.now() - 1h};
    }

    std::string found_at(std::string_view roots, int lead = 6) { return upstream(roots).find(name(lead)).root; }

    /// What finding the lead fails with.
    TransientError failure(std::string_view roots, int lead = 6) {
        try {
            found_at(roots, lead);
        } catch (const TransientError& error) {
            return error;
        }
        return TransientError("it was found", FailureClass::permanent);
    }

    /// The temperatures of the lead, found at one time and fetched at another.
    std::string fetched(std::string_view roots, const gfs::LeadFile& found) {
        std::string all;
        const auto select = [](const gfs::Inventory& inventory) {
            auto entries = inventory.entries();
            std::erase_if(entries, [](const gfs::Entry& entry) { return entry.name != "TMP"; });
            return entries;
        };
        const auto start = [&all] {
            all.clear();
            return [&all](std::string_view bytes, std::uint64_t, std::uint64_t) { all += bytes; };
        };
        upstream(roots).fetch(name(), found, {.select = select, .start = start, .limits = {.waste = 0}});
        return all;
    }
};

}  // namespace

TEST_CASE("the preferred root that has a file is read", "[gfs]") {
    Scene scene;
    scene.publish(gcs);
    CHECK(scene.found_at("aws,gcs") == gcs);
    scene.publish(aws);
    CHECK(scene.found_at("aws,gcs") == aws);
}

TEST_CASE("when no root has a file, each answer is told", "[gfs]") {
    Scene scene;
    scene.web.break_with(gcs, {.status = 503});
    const auto error = scene.failure("aws,gcs");
    CHECK(error.failure_class() == FailureClass::not_yet);
    CHECK_THAT(error.what(), Catch::StartsWith("no root gives lead 6 of 2026-08-21T00, pgrb2.0p25; aws: HEAD ") &&
                                 Catch::Contains("status 404, it is not there yet; gcs: HEAD ") &&
                                 Catch::EndsWith("status 503, the server failed"));
}

TEST_CASE("a root that failed is asked last until it has rested, then it is preferred again", "[gfs]") {
    Scene scene;
    scene.publish(aws);
    scene.publish(gcs);
    scene.web.break_with(aws, {.status = 500});
    CHECK(scene.found_at("aws,gcs") == gcs);
    scene.web.diary.clear();
    CHECK(scene.found_at("aws,gcs") == gcs);
    CHECK_THAT(scene.web.diary, !Catch::Contains(aws));
    scene.web.troubles.clear();
    scene.clock.pass(11s);
    CHECK(scene.found_at("aws,gcs") == aws);
}

TEST_CASE("a root that throttles is left alone for as long as it said, by all tasks", "[gfs]") {
    Scene scene;
    scene.publish(aws);
    scene.web.break_with(aws, {.status = 429, .headers = {{"Retry-After", "90"}}});
    CHECK(scene.failure("aws").retry_after() == 90s);
    scene.web.troubles.clear();
    scene.web.requests = 0;
    scene.clock.pass(30s);
    const auto error = scene.failure("aws");
    CHECK(error.failure_class() == FailureClass::throttled);
    CHECK(error.retry_after() == 60s);
    CHECK_THAT(error.what(), Catch::StartsWith("not asked before 2026-08-21T06:01:30Z: HEAD https://noaa-gfs"));
    CHECK(scene.web.requests == 0);
    scene.clock.pass(60s);
    CHECK(scene.found_at("aws") == aws);
}

TEST_CASE("a file is fetched from where it was found", "[gfs]") {
    Scene scene;
    scene.publish(gcs, 6, "xyz");
    const auto found = scene.upstream("aws,gcs").find(scene.name());
    scene.publish(aws, 6, "abc");
    CHECK(scene.fetched("aws,gcs", found) == message('x') + message('z'));
}

TEST_CASE("a root that fails in the middle gives nothing of a file, the next one all of it", "[gfs]") {
    Scene scene;
    scene.publish(aws, 6, "abc");
    scene.publish(gcs, 6, "xyz");
    const auto found = scene.upstream("aws,gcs").find(scene.name());
    scene.web.troubles[aws] = [](const FakeWeb::Request& request) -> std::optional<FakeWeb::Response> {
        if (request.headers.empty() || request.headers.front().second != "bytes=64-95") return std::nullopt;
        throw TransientError("get '" + request.url + "': the connection was cut");
    };
    CHECK(scene.fetched("aws,gcs", found) == message('x') + message('z'));
}

TEST_CASE("an inventory that points between messages is made anew when that is noticed", "[gfs]") {
    Scene scene;
    const auto& grib = gfs::test::made_up_grib(scene.cycle, 6);
    const auto right = gfs::test::inventory_of(grib);
    auto entries = right.entries();
    for (auto& entry : entries) {
        if (entry.name == "TMP") entry.offset += 5;
    }
    const auto url = aws + gfs::grib_path(scene.cycle, "pgrb2.0p25", 6);
    scene.web.files[url] = {grib, scene.clock.now() - 1h};
    scene.web.files[url + ".idx"] = {gfs::Inventory(entries).text(), scene.clock.now() - 1h};
    const auto found = scene.upstream("aws").find(scene.name());
    REQUIRE(found.inventory != right);
    std::string expected;
    for (const auto& entry : right.entries()) {
        if (entry.name == "TMP") expected += grib.substr(entry.offset, *right.end_of(entry.offset) - entry.offset);
    }
    CHECK(scene.fetched("aws", found) == expected);
}

TEST_CASE("a root that blocks this client rests as well", "[gfs]") {
    Scene scene;
    scene.publish(gcs);
    scene.web.break_with(aws, {.status = 403});
    CHECK(scene.found_at("aws,gcs") == gcs);
    scene.web.diary.clear();
    CHECK(scene.found_at("aws,gcs") == gcs);
    CHECK_THAT(scene.web.diary, !Catch::Contains(aws));
}

TEST_CASE("a file that was replaced since its inventory was read is read anew", "[gfs]") {
    Scene scene;
    scene.publish(aws, 6, "abc");
    const auto found = scene.upstream("aws").find(scene.name());
    scene.publish(aws, 6, "xyz");
    CHECK(scene.fetched("aws", found) == message('x') + message('z'));
}

TEST_CASE("before a lead can be there no public root is asked, and it is told when", "[gfs]") {
    Scene scene;
    scene.cycle += 6h;
    const auto error = scene.failure("aws", 0);
    CHECK(error.failure_class() == FailureClass::not_yet);
    CHECK(error.retry_after() == 3h + 20min);
    CHECK(error.what() ==
          std::string("not asked: lead 0 of 2026-08-21T06 is not expected before 2026-08-21T09:20:00Z"));
    CHECK(scene.web.requests == 0);
    CHECK_THAT(scene.failure("http://mirror", 0).what(), Catch::Contains("status 404"));
}

TEST_CASE("a lead far above one that is absent is not asked for in the same minute", "[gfs]") {
    Scene scene;
    scene.failure("aws", 6);
    scene.web.requests = 0;
    CHECK(scene.failure("aws", 100).what() ==
          std::string("not asked: at 2026-08-21T06:00:00Z lead 6 of 2026-08-21T00 was not there yet"));
    CHECK(scene.web.requests == 0);
    scene.publish(aws, 9);
    CHECK(scene.found_at("aws", 9) == aws);  // leads may come a little out of order
    scene.publish(aws, 100);
    CHECK(scene.found_at("aws", 100) == aws);  // and then the absent one no longer speaks for the rest
}

TEST_CASE("a hole in a cycle that is no longer published keeps nothing back", "[gfs]") {
    Scene scene;
    scene.publish("http://mirror/", 100);
    scene.clock.pass(24h);
    scene.failure("http://mirror/", 6);
    CHECK(scene.found_at("http://mirror/", 100) == "http://mirror/");
}

TEST_CASE("a file that was written seconds ago is left alone at a public root", "[gfs]") {
    Scene scene;
    scene.publish(nomads);
    scene.web.files[nomads + gfs::grib_path(scene.cycle, "pgrb2.0p25", 6)].modified = scene.clock.now() - 12s;
    const auto error = scene.failure("nomads");
    CHECK(error.failure_class() == FailureClass::not_yet);
    CHECK(error.retry_after() == 18s);
    scene.clock.pass(18s);
    CHECK(scene.found_at("nomads") == nomads);
}

TEST_CASE("files of the next version of GFS are found under their own names", "[gfs]") {
    Scene scene;
    const std::string file = "gfs.20260821/00/products/atmos/grib2/0p25/gfs.t00z.pres_a.0p25.f006.grib2";
    scene.publish(aws);
    for (const auto* const ending : {"", ".idx"}) {
        auto node = scene.web.files.extract(aws + gfs::grib_path(scene.cycle, "pgrb2.0p25", 6) + ending);
        node.key() = aws + file + ending;
        scene.web.files.insert(std::move(node));
    }
    CHECK(scene.upstream("aws").find(scene.name()).path == file);
    scene.web.diary.clear();
    scene.failure("aws", 7);
    CHECK_THAT(scene.web.diary, !Catch::Contains("/atmos/gfs.t00z.pgrb2"));  // known by now
}

TEST_CASE("a file that looks cut off beside its like is held back for another root", "[gfs]") {
    Scene scene;
    scene.publish(aws);
    scene.publish(gcs);
    CHECK(scene.found_at("aws,gcs") == aws);
    const auto url = aws + gfs::grib_path(scene.cycle, "pgrb2.0p25", 6);
    scene.web.files[url].bytes = message('a');
    scene.web.files[url + ".idx"].bytes = "1:0:d=2026082100:TMP:surface:6 hour fcst:\n";
    CHECK(scene.found_at("aws,gcs") == gcs);
    const auto young = scene.failure("aws");
    CHECK(young.failure_class() == FailureClass::not_yet);
    CHECK_THAT(young.what(), Catch::EndsWith("is held back, since it looks cut off: it has 1 messages in 32 bytes, and "
                                             "the last such file had 3 in 96; --accept-short takes it as it is"));
    scene.clock.pass(3h);
    CHECK(scene.failure("aws").failure_class() == FailureClass::permanent);
    scene.short_files = gfs::Short::accepted;
    CHECK(scene.found_at("aws") == aws);
}

TEST_CASE("the memory of a machine may be lost or damaged without harm", "[gfs]") {
    Scene scene;
    scene.publish(aws);
    for (const auto* const file : {"roots.json", "sizes.json"}) {
        std::filesystem::create_directories(scene.folder / ".freshet");
        std::ofstream(scene.folder / ".freshet" / file) << R"({"roots": {"https://noaa)";
    }
    CHECK(scene.found_at("aws") == aws);
    std::filesystem::remove_all(scene.folder / ".freshet");
    std::ofstream(scene.folder / ".freshet") << "a file where the folder should be";
    CHECK(scene.found_at("aws") == aws);
}

TEST_CASE("looking at a file again leaves a root alone that throttles", "[gfs]") {
    Scene scene;
    scene.publish(aws);
    const auto path = gfs::grib_path(scene.cycle, "pgrb2.0p25", 6);
    scene.web.break_with(aws, {.status = 429, .headers = {{"Retry-After", "90"}}});
    CHECK_THROWS_WITH(scene.upstream("gcs").facts(aws, path), Catch::Contains("status 429"));
    scene.web.troubles.clear();
    scene.web.requests = 0;
    CHECK_THROWS_WITH(scene.upstream("aws").facts(aws, path), Catch::StartsWith("not asked before 2026-08-21T06:01:30Z"));
    CHECK(scene.web.requests == 0);
    scene.clock.pass(91s);
    CHECK(scene.upstream("aws").facts(aws, path).length == 96);
}

TEST_CASE("looking at files again keeps to the limit of a root, also of one that is none of the sources", "[gfs]") {
    Scene scene;
    scene.publish(nomads);
    const auto began = scene.clock.now();
    auto upstream = scene.upstream("aws");
    for (int look = 0; look < 100; ++look) upstream.facts(nomads, gfs::grib_path(scene.cycle, "pgrb2.0p25", 6));
    CHECK(scene.clock.now() == began);
    upstream.facts(nomads, gfs::grib_path(scene.cycle, "pgrb2.0p25", 6));
    CHECK(scene.clock.now() - began > 60s);
}

TEST_CASE("requests to a public root with a limit are counted on the machine", "[gfs]") {
    Scene scene;
    for (int lead = 0; lead < 60; ++lead) scene.publish(nomads, lead);
    int found = 0;
    while (found < 60 && scene.failure("nomads", found).what() == std::string("it was found")) ++found;
    CHECK(found == 33);  // three requests each, a hundred a minute
    CHECK(scene.web.requests == 99);
    CHECK(scene.failure("nomads", found).failure_class() == FailureClass::throttled);
}
