// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/mirror_health.hpp"

#include "support/fake_clock.hpp"
#include "support/settable_clock.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

struct Fixture {
    freshet::test::TempDir folder;
    freshet::test::FakeClock clock;
    gfs::MirrorHealthCache cache{folder / "roots.json", clock};
    gfs::CycleAtMirror where{
        .mirror = "aws", .cycle = std::chrono::sys_days{2026y / 8 / 21} + 0h, .product = "pgrb2.0p25"};
};

}  // namespace

TEST_CASE("consecutive failures double the back-off of a mirror, a success resets it", "[gfs]") {
    Fixture fixture;
    for (const auto rest : {10s, 20s, 40s}) {
        fixture.cache.record_failure("aws", "broken");
        fixture.cache.record_failure("aws", "another request in flight");
        CHECK(fixture.cache.health("aws").backoff_until == fixture.clock.now() + rest);
        fixture.clock.advance(rest);
    }
    for (int i = 0; i < 20; ++i) {
        fixture.clock.advance(10min);
        fixture.cache.record_failure("aws", "broken");
    }
    CHECK(fixture.cache.health("aws").backoff_until == fixture.clock.now() + 5min);
    fixture.cache.record_success("aws");
    CHECK(fixture.cache.health("aws").failures == 0);
    CHECK(fixture.cache.health("gcs").failures == 0);
}

TEST_CASE("repeated throttling doubles the pause of a mirror", "[gfs]") {
    Fixture fixture;
    fixture.cache.record_throttling("nomads", "302", std::nullopt, 60s);
    CHECK(fixture.cache.health("nomads").throttled_until == fixture.clock.now() + 1min);
    fixture.clock.advance(1min);
    fixture.cache.record_throttling("nomads", "302", std::nullopt, 60s);
    CHECK(fixture.cache.health("nomads").throttled_until == fixture.clock.now() + 2min);
    fixture.clock.advance(2min);
    fixture.cache.record_throttling("nomads", "429", 5s, 60s);
    CHECK(fixture.cache.health("nomads").throttled_until == fixture.clock.now() + 5s);
}

TEST_CASE("a clock that was set back ends the pause of a mirror", "[gfs]") {
    const freshet::test::TempDir folder;
    freshet::test::SettableClock clock;
    gfs::MirrorHealthCache cache(folder / "roots.json", clock);
    cache.record_failure("aws", "broken");
    cache.record_throttling("nomads", "302", std::nullopt, 60s);
    clock.set_by(-1h);
    const freshet::Time backoff_until = cache.health("aws").backoff_until;
    const freshet::Time throttled_until = cache.health("nomads").throttled_until;
    CHECK(backoff_until <= clock.now());
    CHECK(throttled_until <= clock.now());
}

TEST_CASE("the lag of a mirror outlives its failures", "[gfs]") {
    Fixture fixture;
    fixture.cache.record_lag("aws", 90s);
    fixture.cache.record_failure("aws", "broken");
    fixture.cache.record_success("aws");
    CHECK(fixture.cache.health("aws").lag == 90s);
}

TEST_CASE("the frontier of a cycle is its lowest absent lead above all present ones", "[gfs]") {
    Fixture fixture;
    fixture.cache.record_present(fixture.where, 5, "v16");
    fixture.cache.record_absent(fixture.where, 8);
    fixture.cache.record_absent(fixture.where, 6);
    fixture.cache.record_absent(fixture.where, 3);
    CHECK(fixture.cache.frontier(fixture.where).first_absent == 6);
    fixture.cache.record_present(fixture.where, 7, "v16");
    const auto frontier = fixture.cache.frontier(fixture.where);
    CHECK(frontier.first_absent == std::nullopt);
    CHECK(frontier.last_present == 7);
    CHECK(frontier.layout == "v16");
}

TEST_CASE("the frontiers of old cycles are removed", "[gfs]") {
    Fixture fixture;
    fixture.cache.record_present(fixture.where, 5, "v16");
    fixture.clock.advance(72h);
    auto newer = fixture.where;
    newer.cycle += 72h;
    fixture.cache.record_present(newer, 0, "v16");
    CHECK(fixture.cache.frontier(fixture.where).last_present == -1);
    CHECK(fixture.cache.frontier(newer).last_present == 0);
}
