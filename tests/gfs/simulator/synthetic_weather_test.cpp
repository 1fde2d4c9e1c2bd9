// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/generate.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace gfs::simulator;
using namespace std::chrono_literals;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 11 / 21} + 6h;
const Weather& weather() {
    static const Weather made(Grid{.columns = 72, .rows = 37});
    return made;
}

/// The values of the field of this parameter and statistic.
std::vector<float> values_of(int lead, const gfs::GribParameter& parameter, TimeStatistic statistic) {
    const auto fields = synthetic_fields(lead);
    const auto found = std::ranges::find_if(fields, [&](const SyntheticField& field) {
        return field.parameter == parameter && field.statistic == statistic;
    });
    REQUIRE(found != fields.end());
    return synthetic_values(weather(),
                            {.cycle = cycle, .lead = lead})[static_cast<std::size_t>(found - fields.begin())];
}

constexpr gfs::GribParameter rain{0, 1, 8}, rain_rate{0, 1, 7}, sunlight{0, 4, 192}, total_clouds{0, 6, 1};
constexpr gfs::GribParameter warmest{0, 0, 4}, coldest{0, 0, 5};

}  // namespace

TEST_CASE("a forecast is 54 fields, an analysis 31 instants", "[gfs]") {
    CHECK(synthetic_fields(6).size() == 54);
    const auto analysis = synthetic_fields(0);
    CHECK(analysis.size() == 31);
    CHECK(std::ranges::all_of(analysis, [](const auto& field) { return field.statistic == TimeStatistic::instant; }));
}

TEST_CASE("buckets restart every six hours", "[gfs]") {
    CHECK(bucket_start(1) == 0);
    CHECK(bucket_start(6) == 0);
    CHECK(bucket_start(7) == 6);
    CHECK(bucket_start(123) == 120);
    CHECK(bucket_start(384) == 378);
}

TEST_CASE("amounts of rain add up between buckets, run and leads", "[gfs]") {
    const auto run_6 = values_of(6, rain, TimeStatistic::run_total),
               bucket_6 = values_of(6, rain, TimeStatistic::bucket);
    const auto run_7 = values_of(7, rain, TimeStatistic::run_total),
               bucket_7 = values_of(7, rain, TimeStatistic::bucket);
    const auto rate_7 = values_of(7, rain_rate, TimeStatistic::bucket_rate);
    CHECK(run_6 == bucket_6);
    for (std::size_t i = 0; i < run_6.size(); ++i) {
        CAPTURE(i);
        REQUIRE(run_7[i] == Approx(run_6[i] + bucket_7[i]).margin(1e-4));
        REQUIRE(bucket_7[i] == Approx(rate_7[i] * 3600).margin(1e-4));
        REQUIRE(bucket_7[i] >= 0);
    }
    CHECK(*std::ranges::max_element(bucket_7) > 1);
}

TEST_CASE("averages of growing buckets are consistent with hourly averages", "[gfs]") {
    const auto two_hours = values_of(8, sunlight, TimeStatistic::average),
               one_hour = values_of(7, sunlight, TimeStatistic::average);
    for (std::size_t i = 0; i < one_hour.size(); ++i) REQUIRE(2 * two_hours[i] - one_hour[i] >= -1e-3F);
}

TEST_CASE("an instant lies between the extremes of its bucket", "[gfs]") {
    const auto fields = synthetic_fields(9);
    const auto values = synthetic_values(weather(), {.cycle = cycle, .lead = 9});
    const auto at_2_m = std::ranges::find_if(fields, [](const SyntheticField& field) {
        return field.parameter == gfs::GribParameter{0, 0, 0} && field.level.first.type == 103;
    });
    const auto& now = values[static_cast<std::size_t>(at_2_m - fields.begin())];
    const auto high = values_of(9, warmest, TimeStatistic::maximum),
               low = values_of(9, coldest, TimeStatistic::minimum);
    for (std::size_t i = 0; i < now.size(); ++i) REQUIRE((low[i] <= now[i] && now[i] <= high[i]));
    CHECK(low != high);
}

TEST_CASE("cloud cover stays between 0 and 100 percent", "[gfs]") {
    const auto clouds = values_of(3, total_clouds, TimeStatistic::average);
    CHECK(*std::ranges::min_element(clouds) >= 0);
    CHECK(*std::ranges::max_element(clouds) <= 100);
}

TEST_CASE("the weather is continuous at Greenwich and uniform at a pole", "[gfs]") {
    const auto points = weather().at(500'000);
    const auto& grid = weather().grid();
    double largest_step = 0, seam = 0;
    for (std::size_t row = 0; row < grid.rows; ++row) {
        const auto* const line = &points[row * grid.columns];
        for (std::size_t i = 1; i < grid.columns; ++i) {
            largest_step = std::max<double>(largest_step, std::abs(line[i].pressure - line[i - 1].pressure));
        }
        seam = std::max<double>(seam, std::abs(line[0].pressure - line[grid.columns - 1].pressure));
    }
    CHECK(seam <= largest_step);
    CHECK(points[0].pressure == Approx(points[grid.columns / 2].pressure).margin(1));
}

TEST_CASE("two cycles forecast the same weather for the same time", "[gfs]") {
    const auto temperature = [](gfs::Cycle start, int lead) {
        return synthetic_values(weather(), {.cycle = start, .lead = lead})[8];
    };
    CHECK(temperature(cycle, 7) == temperature(cycle + 6h, 1));
    CHECK(temperature(cycle, 7) != temperature(cycle, 1));
}
