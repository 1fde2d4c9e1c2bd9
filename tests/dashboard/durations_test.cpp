// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/durations.hpp"
#include "html_reader.hpp"
#include "support/fake_clock.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;
using namespace freshet::dashboard;
using namespace std::chrono_literals;

namespace {

/// Runs of one family, a minute apart; each has attempts of these durations.
std::vector<store::AttemptTime> runs_of(const std::string& family,
                                        const std::vector<std::vector<std::chrono::seconds>>& runs) {
    std::vector<store::AttemptTime> attempts;
    for (std::size_t run = 0; run < runs.size(); ++run)
        for (std::size_t i = 0; i < runs[run].size(); ++i) {
            const Time start = FakeClock::start + std::chrono::minutes(run);
            attempts.push_back({.run_id = "R" + std::to_string(run),
                                .task_id = family + "_" + std::to_string(i),
                                .started = start,
                                .ended = start + runs[run][i],
                                .status = "DONE"});
        }
    return attempts;
}

const FamilyDurations& only(const Durations& durations) {
    REQUIRE(durations.families.items.size() == 1);
    return durations.families.items[0];
}

}  // namespace

TEST_CASE("durations have the median and the 95th percentile of each run and of all", "[dashboard]") {
    std::vector<std::chrono::seconds> first, second;
    for (int i = 1; i <= 100; ++i) first.emplace_back(i), second.emplace_back(2 * i);
    const FamilyDurations family = only(durations_of(runs_of("Fetch", {first, second})));
    REQUIRE(family.runs.size() == 2);
    CHECK(family.runs[0].median == 50s);
    CHECK(family.runs[0].percentile_95 == 95s);
    CHECK(family.runs[1].median == 100s);
    CHECK(family.attempts == 200);
    CHECK(family.median == 67s);
}

TEST_CASE("a family is slower than usual by half and a second, with three runs to compare with", "[dashboard]") {
    const auto is_slow = [](const std::vector<std::vector<std::chrono::seconds>>& runs) {
        return only(durations_of(runs_of("Fetch", runs))).is_slow();
    };
    CHECK(is_slow({{10s}, {11s}, {9s}, {16s}}));
    CHECK_FALSE(is_slow({{10s}, {11s}, {9s}, {15s}}));
    CHECK_FALSE(is_slow({{10s}, {11s}, {100s}}));
    CHECK_FALSE(is_slow({{0s}, {0s}, {0s}, {0s}}));
    CHECK_FALSE(is_slow({{10s}, {100s}, {100s}, {100s}, {16s}}));
}

TEST_CASE("only attempts that succeeded count", "[dashboard]") {
    auto attempts = runs_of("Fetch", {{10s, 20s, 30s}});
    attempts[1].status = "FAILED";
    attempts[2].ended.reset();
    CHECK(only(durations_of(attempts)).attempts == 1);
}

TEST_CASE("the page of durations marks slow families, shows them first and states the rule", "[dashboard]") {
    auto attempts = runs_of("Fetch", {{10s}, {10s}, {10s}, {10s}});
    for (const auto& slow : runs_of("Zip", {{10s}, {10s}, {10s}, {25s}})) attempts.push_back(slow);
    Durations durations = durations_of(attempts);
    CHECK(durations.families.items[0].family == "Zip");
    const HtmlReader page(durations_page(durations));
    CHECK_THAT(page.text(), Catch::Contains("2.5\u00D7 usual") && Catch::Contains("as usual") &&
                                Catch::Contains("half as long again"));
    CHECK(durations_json(durations).at("families").at("items").as_array()[0].at("is_slow").as_bool());
    CHECK_THAT(durations_page({}), Catch::Contains("No attempt has succeeded yet."));
    CHECK_THAT(durations_page({.has_history = false}), Catch::Contains("The history cannot be read."));
    CHECK_FALSE(durations_json({.has_history = false}).at("has_history").as_bool());
}
