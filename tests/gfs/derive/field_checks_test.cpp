// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "checks/field_checks.hpp"

#include "netcdf/define_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <numbers>
#include <vector>

using gfs::fill_value;
using gfs::Presence;
using gfs::Zeros;

namespace {

constexpr gfs::PlausibleRange temperature{"TMP", 120, 370, Zeros::rare, Presence::always};
constexpr gfs::PlausibleRange ice{"ICETK", 0, 50};

/// Rows of a wave around the Earth between 220 and 280.
std::vector<float> wave(std::size_t rows, std::size_t columns) {
    std::vector<float> values;
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            const double angle = 2 * std::numbers::pi * static_cast<double>(column) / static_cast<double>(columns);
            values.push_back(static_cast<float>(250 + 30 * std::sin(angle + static_cast<double>(row))));
        }
    }
    return values;
}

void fill_column(std::vector<float>& values, std::size_t columns, std::size_t column, float value) {
    for (std::size_t at = column; at < values.size(); at += columns) values[at] = value;
}

}  // namespace

TEST_CASE("values out of range are reported with their extremes", "[checks]") {
    CHECK(*gfs::check_range(temperature, std::vector{280.0F, 0.0F, -3.5F, fill_value, 371.0F}) ==
          "3 of 5 values are outside 120 to 370: -3.5 to 371");
    CHECK(*gfs::check_range(temperature, std::vector{std::nanf("")}) ==
          "1 of 1 values are outside 120 to 370: nan to nan");
    CHECK_FALSE(gfs::check_range(temperature, std::vector{120.0F, 370.0F, fill_value}));
}

TEST_CASE("a field without any value fails where the quantity is always present", "[checks]") {
    CHECK(*gfs::check_presence(temperature, std::vector{fill_value, fill_value}) == "all 2 values are missing");
    CHECK_FALSE(gfs::check_presence(temperature, std::vector{fill_value, 280.0F}));
    CHECK_FALSE(gfs::check_presence(ice, std::vector{fill_value, fill_value}));
}

TEST_CASE("a large share of zeros fails where zeros are rare", "[checks]") {
    const std::vector<float> quarter{0, 280, 281, 282};
    CHECK(*gfs::check_zeros(temperature, quarter) == "1 of 4 values are exactly zero");
    CHECK_FALSE(gfs::check_zeros(ice, quarter));
    CHECK_FALSE(gfs::check_zeros(temperature, std::vector<float>{0, 1, 2, 3, 4, 5}));
}

TEST_CASE("a field that is smooth around the Earth passes the seam check", "[checks]") {
    CHECK_FALSE(gfs::check_seam(wave(10, 72), 72));
    CHECK_FALSE(gfs::check_seam(std::vector<float>(720, 5.0F), 72));
}

TEST_CASE("a last or first column that was never written fails the seam check", "[checks]") {
    for (const std::size_t column : {71, 0}) {
        auto values = wave(10, 72);
        fill_column(values, 72, column, 0);
        REQUIRE(gfs::check_seam(values, 72));
        // 250 on average against the zeros; neighbours of a wave of 30 differ by at most 30 * 2 pi / 72 = 2.6.
        CHECK(gfs::check_seam(values, 72)->starts_with("the first and the last column differ by 2"));
    }
}

TEST_CASE("a jump in the middle of the map or a shower at the seam passes the seam check", "[checks]") {
    auto values = wave(10, 72);
    fill_column(values, 72, 30, 500);
    CHECK_FALSE(gfs::check_seam(values, 72));
    std::vector<float> shower(720, 0);
    shower[71] = 30;
    CHECK_FALSE(gfs::check_seam(shower, 72));
}

TEST_CASE("a missing last column passes the seam check", "[checks]") {
    auto values = wave(10, 72);
    fill_column(values, 72, 71, fill_value);
    CHECK_FALSE(gfs::check_seam(values, 72));
}

TEST_CASE("decreased sums are reported beyond the packing tolerance", "[checks]") {
    CHECK(*gfs::check_decrease(std::vector{3.0F, 7.5F, 1.0F}, std::vector{2.9F, 1.5F, 2.0F}, 0.2) ==
          "1 of 3 sums are smaller than one hour earlier, by up to 6 where packing explains 0.2");
    CHECK_FALSE(gfs::check_decrease(std::vector{3.0F, fill_value}, std::vector{2.9F, 0.0F}, 0.2));
}
