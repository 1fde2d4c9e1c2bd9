// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_tasks.hpp"

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
