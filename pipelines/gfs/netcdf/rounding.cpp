// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/rounding.hpp"

#include "netcdf/define_file.hpp"

#include <algorithm>
#include <cmath>

namespace gfs {

namespace {

constexpr int least_exponent = -149;   // of a float
constexpr int greatest_exponent = 90;  // `fill_value` is a multiple of such a step

bool has_one_value(std::span<const float> values) {
    const auto is_present = [](float value) { return value != fill_value; };
    const auto first = std::ranges::find_if(values, is_present);
    return std::all_of(first, values.end(), [&](float value) { return value == *first || !is_present(value); });
}

}  // namespace

double rounding_step(double granularity) {
    if (!std::isnormal(granularity) || granularity < 0) return 0;
    const int exponent = std::ilogb(granularity) - 1;
    return exponent < least_exponent || exponent > greatest_exponent ? 0 : std::ldexp(1.0, exponent);
}

int decimal_places(double step) { return static_cast<int>(std::floor(-std::log10(step))); }

std::span<const float> round_values(std::span<const float> values, double step, std::vector<float>& rounded) {
    if (step == 0 || has_one_value(values)) return values;
    // A double of this size tells multiples of the step: the sum is rounded to one, and the difference is exact. A
    // value of more digits above the step than a float has is a multiple, and loses nothing that a float could tell.
    const double magnitude = 0x1.8p52 * step;
    rounded.resize(values.size());
    std::ranges::transform(values, rounded.begin(),
                           [=](float value) { return static_cast<float>((value + magnitude) - magnitude); });
    return rounded;
}

}  // namespace gfs
