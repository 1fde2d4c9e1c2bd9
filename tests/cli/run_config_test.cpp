// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/run_config.hpp"

#include "base/time.hpp"
#include "freshet/error.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

namespace freshet::cli {

namespace {

/// The deadline, parsed at 2026-08-21T06:00:00Z.
std::string deadline(std::string_view text) { return rfc3339(parse_deadline(text, test::FakeClock::start)); }

}  // namespace

TEST_CASE("the option --wait-until takes an instant, a time of day or a duration", "[run_config]") {
    CHECK(deadline("2026-08-21T07:30Z") == "2026-08-21T07:30:00.000Z");
    CHECK(deadline("2026-08-21T07:30:15Z") == "2026-08-21T07:30:15.000Z");
    CHECK(deadline("2026-08-21T09") == "2026-08-21T09:00:00.000Z");
    CHECK(deadline("06:30") == "2026-08-21T06:30:00.000Z");
    CHECK(deadline("2h") == "2026-08-21T08:00:00.000Z");
    CHECK(deadline("PT90M") == "2026-08-21T07:30:00.000Z");
}

TEST_CASE("a time of day in the past is tomorrow", "[run_config]") {
    CHECK(deadline("05:59") == "2026-08-22T05:59:00.000Z");
}

TEST_CASE("the option --wait-until rejects text that is not a time", "[run_config]") {
    for (const auto* text : {"", "soon", "25:00", "06:60", "2026-13-21T06", "2026-08-21"})
        CHECK_THROWS_AS(parse_deadline(text, test::FakeClock::start), ParameterError);
}

}  // namespace freshet::cli
