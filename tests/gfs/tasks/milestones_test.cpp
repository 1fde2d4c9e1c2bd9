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

TEST_CASE("parts are read as they are written", "[gfs]") {
    CHECK(Milestones::parse("") == Milestones{});
    CHECK(Milestones::parse("surface:0-48/week:0-168,240").text() == "surface:0-48/week:0-168,240");
}

TEST_CASE("what is no part is refused with a sentence that shows one", "[gfs]") {
    CHECK_THROWS_WITH(Milestones::parse("0-48"), Contains("'0-48'") && Contains("surface:0-48"));
    CHECK_THROWS_WITH(Milestones::parse("..x:0"), Contains("'..x:0'"));
    CHECK_THROWS_WITH(Milestones::parse("a:0/a:1"), Contains("two parts are called 'a'"));
}

TEST_CASE("a cycle announces each of its parts", "[gfs]") {
    const auto announcements = ingest("0-6", "surface:0-3/start:0").announcements();
    REQUIRE(announcements.size() == 2);
    CHECK(announcements[0].output().path() ==
          "/data/gfs.0p25/2026-08-21T06/r1/gfs.0p25.2026-08-21T06.surface.0-3.partial.json");
    CHECK(announcements[0].requirements().requirements().size() == 4);
}

TEST_CASE("a part beyond the cycle's leads is refused", "[gfs]") {
    CHECK_THROWS_AS(ingest("0-6", "surface:0-12").announcements(), freshet::ParameterError);
}

TEST_CASE("which parts are announced is no part of what a cycle is", "[gfs]") {
    CHECK(freshet::AnyTask(ingest("0-6", "surface:0-3")) == freshet::AnyTask(ingest("0-6", "")));
}
