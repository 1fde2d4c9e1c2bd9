// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/noise.hpp"

#include <array>
#include <cmath>

namespace gfs::simulator {
namespace {

using Point3 = std::array<double, 3>;

double smooth_step(double x) { return x * x * (3 - 2 * x); }

/// Value noise: random numbers at whole coordinates, smoothly blended between them.
double value_noise(const Point3& at, std::uint64_t seed) {
    std::array<std::int64_t, 3> corner{};
    Point3 part{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double floor = std::floor(at[axis]);
        corner[axis] = static_cast<std::int64_t>(floor);
        part[axis] = smooth_step(at[axis] - floor);
    }
    double value = 0;
    for (unsigned bits = 0; bits < 8; ++bits) {
        double weight = 1;
        std::uint64_t key = seed;
        for (unsigned axis = 0; axis < 3; ++axis) {
            const unsigned is_upper = bits >> axis & 1;
            weight *= is_upper ? part[axis] : 1 - part[axis];
            key = key * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(corner[axis] + is_upper);
        }
        value += weight * hash_to_unit(key);
    }
    return 2 * value - 1;
}

double fractal_noise(const Point3& at, std::uint64_t seed, double features, int octaves) {
    double value = 0, amplitude = 1;
    for (int octave = 0; octave < octaves; ++octave, amplitude *= 0.55, features *= 2) {
        const auto octave_seed = seed + static_cast<std::uint64_t>(octave);
        value += amplitude * value_noise({at[0] * features, at[1] * features, at[2] * features}, octave_seed);
    }
    return value;
}

}  // namespace

double hash_to_unit(std::uint64_t key) {
    // splitmix64's finaliser: every bit of the key changes half of the result's.
    key = (key ^ key >> 30) * 0xBF58476D1CE4E5B9U;
    key = (key ^ key >> 27) * 0x94D049BB133111EBU;
    key ^= key >> 31;
    return static_cast<double>(key >> 11) * 0x1p-53;
}

std::vector<float> fractal_noise_field(const Grid& grid, std::uint64_t seed, double features, int octaves) {
    std::vector<float> field;
    field.reserve(grid.size());
    for (std::size_t row = 0; row < grid.rows; ++row) {
        const double latitude = grid.latitude(row);
        for (std::size_t column = 0; column < grid.columns; ++column) {
            const double longitude = grid.longitude(column);
            const Point3 at{std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude),
                            std::sin(latitude)};
            field.push_back(static_cast<float>(fractal_noise(at, seed, features, octaves)));
        }
    }
    return field;
}

}  // namespace gfs::simulator
