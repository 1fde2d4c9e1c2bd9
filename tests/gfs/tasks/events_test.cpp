// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_tasks.hpp"

#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"
#include "tasks/events.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using gfs::Milestones;

namespace {

gfs::IngestCycle ingest(std::string_view leads, std::string_view parts) {
    return {{{.cycle = freshet::Codec<gfs::Cycle>::read("2026-08-21T06"), .root = "/data"},
             gfs::Leads::parse(leads),
             false,
             "/freshet/gfs",
             Milestones::parse(parts)}};
}

}  // namespace

TEST_CASE("milestones survive a round trip through text", "[gfs]") {
    CHECK(Milestones::parse("") == Milestones{});
    CHECK(Milestones::parse("surface:0-48/week:0-168,240").text() == "surface:0-48/week:0-168,240");
}

TEST_CASE("the error of a malformed part shows a well-formed one", "[gfs]") {
    CHECK_THROWS_WITH(Milestones::parse("0-48"), Contains("'0-48'") && Contains("surface:0-48"));
    CHECK_THROWS_WITH(Milestones::parse("..x:0"), Contains("'..x:0'"));
    CHECK_THROWS_WITH(Milestones::parse("a:0/a:1"), Contains("two parts are named 'a'"));
}

TEST_CASE("a cycle has an announcement for each of its parts", "[gfs]") {
    const auto announcements = ingest("0-6", "surface:0-3/start:0").announcements();
    REQUIRE(announcements.size() == 2);
    CHECK(announcements[0].output().path() ==
          "/data/gfs.0p25/2026-08-21T06/r1/gfs.0p25.2026-08-21T06.surface.0-3.partial.json");
    CHECK(std::get<std::vector<gfs::ConvertLead>>(announcements[0].requirements().requirements()).size() == 4);
}

TEST_CASE("a part beyond the cycle's leads is rejected", "[gfs]") {
    CHECK_THROWS_AS(ingest("0-6", "surface:0-12").announcements(), freshet::ParameterError);
}

TEST_CASE("the parts are not part of the identity of a cycle", "[gfs]") {
    CHECK(freshet::AnyTask(ingest("0-6", "surface:0-3")) == freshet::AnyTask(ingest("0-6", "")));
}

TEST_CASE("an event names its manifest below the public URL of the store", "[gfs]") {
    class Silent final : public freshet::Reporter {
        void progress(double) override {}
        void status(std::string_view) override {}
        void log(std::string_view) override {}
        void warn(std::string_view) override {}
    } reporter;
    const freshet::test::FakeClock clock;
    freshet::Context context({.clock = clock, .reporter = reporter, .http = {}, .cancelled = {}});
    const freshet::test::TempDir root;
    const gfs::CyclePaths paths(root.path(), "gfs.0p25", freshet::Codec<gfs::Cycle>::read("2026-08-21T06"), 2);
    const freshet::LocalTarget manifest(paths.manifest("0-6"));
    manifest.write(R"({"dataset": "gfs.0p25", "cycle": "2026-08-21T06", "revision": 2, "product": "pgrb2.0p25",
                       "leads": "0-6", "files": []})");
    const auto url = [&](const std::string& public_url) {
        const auto event = gfs::cycle_event({.kind = "completed",
                                             .event_source = "/freshet/gfs",
                                             .paths = paths,
                                             .manifest = manifest,
                                             .public_url = public_url},
                                            context);
        return event.data.at("manifest_url").as_string();
    };
    const std::string in_store = "/gfs.0p25/2026-08-21T06/r2/gfs.0p25.2026-08-21T06.0-6.manifest.json";
    CHECK(url("") == "file://" + root.path().string() + in_store);
    CHECK(url("https://data.example.org/nwp") == "https://data.example.org/nwp" + in_store);
    CHECK(url("s3://bucket/") == "s3://bucket" + in_store);
}
