// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"
#include "upstream/cache_files.hpp"
#include "upstream/mirror_health.hpp"
#include "upstream/rate_limit.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace std::chrono_literals;

namespace {

/// The output of the command for a store.
std::string output_of(const std::filesystem::path& store, const freshet::Clock& clock, const std::string& source) {
    std::ostringstream out, err;
    const freshet::Program program{.name = "gfs", .version = "1"};
    const auto command = gfs::mirrors_command();
    CHECK(command.run({.operands = {source},
                       .options = {{"root", store.string()}},
                       .program = program,
                       .clock = clock,
                       .out = out,
                       .err = err}) == 0);
    return out.str() + err.str();
}

}  // namespace

TEST_CASE("roots prints requests, lag and state of each mirror", "[gfs]") {
    const freshet::test::TempDir store;
    freshet::test::FakeClock clock;
    const gfs::CachePaths paths{store / ".freshet"};
    gfs::MirrorHealthCache cache(paths.mirror_health(), clock);
    cache.record_lag("https://noaa-gfs-bdp-pds.s3.amazonaws.com/", 12min);
    cache.record_throttling("https://nomads.ncep.noaa.gov/pub/data/nccf/com/gfs/prod/", "HEAD x: status 302", 90s, 60s);
    CHECK(std::get<gfs::Reservation>(gfs::RateLimit(paths.requests("nomads.ncep.noaa.gov"), 100, clock).reserve(7))
              .remaining == 7);
    CHECK(output_of(store.path(), clock, "aws,nomads") ==
          "mirror        requests      lag  state\n"
          "aws                  -   12 min  healthy\n"
          "nomads           7/100        -  throttled until 06:01:30Z: HEAD x: status 302\n");
}

TEST_CASE("roots creates no folder in a store without runs", "[gfs]") {
    const freshet::test::TempDir store;
    const freshet::test::FakeClock clock;
    CHECK_THAT(output_of(store.path(), clock, "aws"), Catch::Contains("no records of mirrors"));
    CHECK(std::filesystem::is_empty(store.path()));
}
