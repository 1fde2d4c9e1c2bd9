// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/retention.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;
using store::retention_cutoff;

namespace {

constexpr auto retention = 90 * 24h;

struct Fixture {
    store::StateFile state = store::StateFile::in_memory();
    store::StateTables tables{state};
    Time now = test::FakeClock::start;

    Time cutoff() { return retention_cutoff(tables, now, retention); }
    /// A week of runs, one every six hours.
    void live_a_week() {
        for (int run = 0; run < 28; ++run, now += 6h) cutoff();
    }
};

}  // namespace

TEST_CASE("history that is regularly looked through expires after its retention", "[store]") {
    Fixture fixture;
    fixture.live_a_week();
    CHECK(fixture.cutoff() <= fixture.now - retention);
    CHECK(fixture.cutoff() > fixture.now - retention - 24h);
}

TEST_CASE("a clock that is wrong for less than a day lets nothing expire", "[store]") {
    const auto wrong = GENERATE(as<Time::duration>{}, 400 * 24h, 60 * 24h, -400 * 24h);
    Fixture fixture;
    fixture.live_a_week();
    const Time right = fixture.now;
    for (int minute = 0; minute < 20 * 60; minute += 5) {
        fixture.now = right + wrong + std::chrono::minutes(minute);
        CHECK(fixture.cutoff() <= right + 24h - retention);
    }
    fixture.now = right + 20h;
    CHECK(fixture.cutoff() <= fixture.now - retention);
    fixture.live_a_week();
    CHECK(fixture.cutoff() > fixture.now - retention - 24h);
}

TEST_CASE("a machine that was off for a year goes on with the retention a day later", "[store]") {
    Fixture fixture;
    fixture.live_a_week();
    fixture.now += 365 * 24h;
    fixture.live_a_week();
    CHECK(fixture.cutoff() > fixture.now - retention - 24h);
}

TEST_CASE("a new state expires nothing", "[store]") { CHECK(Fixture().cutoff() == Time::min()); }

TEST_CASE("a retention below a day is kept to", "[store]") {
    Fixture fixture;
    for (int minute = 0; minute < 60; ++minute, fixture.now += 1min)
        retention_cutoff(fixture.tables, fixture.now, 10min);
    CHECK(retention_cutoff(fixture.tables, fixture.now, 10min) > fixture.now - 20min);
}
