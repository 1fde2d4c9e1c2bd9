// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/monotonic_clock.hpp"
#include "support/settable_clock.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;

namespace {

/// Wide enough for any interruption of the test, narrow beside the changes.
bool is_near(Time::duration duration, Time::duration expected) { return std::chrono::abs(duration - expected) < 5min; }

}  // namespace

TEST_CASE("setting the clock does not move a monotonic clock", "[time]") {
    const Time::duration change = GENERATE(as<Time::duration>{}, 1h, -1h, 400 * 24h);
    test::SettableClock system;
    const MonotonicClock clock(system);
    const Time before = clock.now();
    system.set_by(change);
    CHECK(is_near(clock.now() - before, 0s));
    system.advance(10min);
    CHECK(is_near(clock.now() - before, 10min));
}

TEST_CASE("a monotonic clock that is resynchronized adopts the wall clock and returns its change", "[time]") {
    const Time::duration change = GENERATE(as<Time::duration>{}, 1h, -1h, 400 * 24h);
    test::SettableClock system;
    MonotonicClock clock(system);
    CHECK(clock.resynchronize() == 0s);
    system.set_by(change);
    CHECK(is_near(clock.resynchronize(), change));
    CHECK(is_near(clock.now() - system.now(), 0s));
    CHECK(clock.resynchronize() == 0s);
}

TEST_CASE("time that passes is no change of the clock", "[time]") {
    test::SettableClock system;
    MonotonicClock clock(system);
    system.advance(10h);
    CHECK(clock.resynchronize() == 0s);
}
