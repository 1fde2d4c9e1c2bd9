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

// Doubles of 2^52 steps tell multiples of a step: the sum is rounded to one, and the difference is exact. A value of
// more digits above the step than a float has is a multiple, and loses nothing that a float could tell. The blocks'
// length is known to the compiler, which rounds several values at once.
void round_all(const float* __restrict from, std::size_t count, double step, float* __restrict to) {
    constexpr std::size_t block = 16;
    const double magnitude = 0x1.8p52 * step;
    const auto rounded = [=](float value) { return static_cast<float>((value + magnitude) - magnitude); };
    std::size_t i = 0;
    for (; i + block <= count; i += block)
        for (std::size_t j = i; j < i + block; ++j) to[j] = rounded(from[j]);
    for (; i < count; ++i) to[i] = rounded(from[i]);
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
    rounded.resize(values.size());
    round_all(values.data(), values.size(), step, rounded.data());
    return rounded;
}

}  // namespace gfs
