// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/resolve_parameters.hpp"

#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

/// What `word` becomes at so long after 2026-08-21T06:00Z.
std::string resolved(const char* word, std::chrono::minutes later) {
    freshet::test::FakeClock clock;
    clock.advance(later);
    freshet::Values values{{"cycle", word}};
    gfs::resolve_cycle_alias("IngestCycle", values, clock);
    return values.at("cycle");
}

}  // namespace

TEST_CASE("the latest cycle is the newest whose first files are out as a rule", "[gfs]") {
    CHECK(resolved("latest", 0min) == "2026-08-21T00");
    CHECK(resolved("latest", 3h + 19min) == "2026-08-21T00");
    CHECK(resolved("latest", 3h + 20min) == "2026-08-21T06");
    CHECK(resolved("latest", 24h) == "2026-08-22T00");
}

TEST_CASE("the previous cycle is the one before the latest, also across midnight", "[gfs]") {
    CHECK(resolved("previous", 0min) == "2026-08-20T18");
}

TEST_CASE("a cycle given as an hour stays as it is", "[gfs]") {
    CHECK(resolved("2022-03-15T18", 0min) == "2022-03-15T18");
}

TEST_CASE("a family without a cycle is left alone", "[gfs]") {
    freshet::Values values{{"lead", "latest"}};
    gfs::resolve_cycle_alias("Other", values, freshet::test::FakeClock());
    CHECK(values.at("lead") == "latest");
}

TEST_CASE("what looks at several cycles begins with the latest", "[gfs]") {
    freshet::Values values{{"since", "2026-08-20T00"}};
    gfs::resolve_cycle_alias("Contiguous", values, freshet::test::FakeClock());
    CHECK(values.at("cycle") == "2026-08-21T00");
}

TEST_CASE("a look is asked for now, to the millisecond", "[gfs]") {
    freshet::Values values{{"asked", ""}};
    freshet::test::FakeClock clock;
    clock.advance(250ms);
    gfs::resolve_cycle_alias("Watch", values, clock);
    CHECK(values.at("asked") == "2026-08-21T06:00:00.250Z");
}
