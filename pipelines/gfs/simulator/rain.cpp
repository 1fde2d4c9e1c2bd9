// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/rain.hpp"

#include "simulator/noise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gfs::simulator {
namespace {

constexpr std::size_t area_count = 90;
constexpr double turn = 2 * std::numbers::pi;
/// Beyond so many widths an area gives less than a packed value can show.
constexpr double reach = 4;

/// The same angle between minus and plus half a turn.
double wrapped(double angle) { return angle - turn * std::round(angle / turn); }

double random_between(std::uint64_t key, double low, double high) { return low + (high - low) * hash_to_unit(key); }

}  // namespace

double Rain::Area::profile(double east_of_centre) const {
    const double x = wrapped(east_of_centre) / width;
    return std::abs(x) > reach ? 0 : peak * std::exp(-x * x / 2);
}

/// The integral of profile() while the centre moves on by `distance` at the area's speed.
double Rain::Area::profile_integral(double east_of_centre, double distance) const {
    const double scale = 1 / (width * std::numbers::sqrt2);
    const double start = wrapped(east_of_centre);
    double sum = 0;
    for (const double image : {start - turn, start, start + turn}) {
        sum += std::erf(image * scale) - std::erf((image - distance) * scale);
    }
    return peak * width * std::sqrt(std::numbers::pi / 2) / speed * sum;
}

Rain::Area Rain::synthetic_area(std::size_t index) {
    const auto key = (std::uint64_t{index} + 1) * 0x51ED2701;
    const bool is_tropical = index % 3 == 0;
    const double side = index % 2 == 0 ? 1 : -1;
    const double latitude = is_tropical ? random_between(key, -14, 16) : side * random_between(key, 28, 68);
    // Tropical disturbances drift west with the trades, the others east with the jet.
    const double speed = is_tropical ? -random_between(key + 1, 0.1, 0.35) : random_between(key + 1, 0.25, 0.8);
    return {.latitude = latitude * Grid::degree,
            .longitude = random_between(key + 2, 0, turn),
            .speed = speed * Grid::degree,
            .width = random_between(key + 3, 2, 9) * Grid::degree,
            .height = random_between(key + 4, 1.5, 4) * Grid::degree,
            .peak = random_between(key + 5, 0.3, is_tropical ? 5 : 2.5),
            .convective = is_tropical ? random_between(key + 6, 0.5, 0.95) : random_between(key + 6, 0.05, 0.4)};
}

Rain::Rain(const Grid& grid, const std::vector<float>& pattern) : grid_(grid) {
    std::ranges::transform(pattern, std::back_inserter(strength_),
                           [](float value) { return std::max(0.0F, 0.8F + 1.6F * value); });
    for (std::size_t i = 0; i < area_count; ++i) areas_.push_back(synthetic_area(i));
}

template <typename Profile>
std::vector<float> Rain::sum_over_areas(RainKind kind, Profile profile) const {
    std::vector<float> sum(grid_.size());
    std::vector<float> along(grid_.columns);
    for (const auto& area : areas_) {
        const double share = kind == RainKind::all ? 1 : area.convective;
        for (std::size_t column = 0; column < grid_.columns; ++column) {
            along[column] = static_cast<float>(share * profile(area, grid_.longitude(column)));
        }
        for (std::size_t row = 0; row < grid_.rows; ++row) {
            const double y = (grid_.latitude(row) - area.latitude) / area.height;
            if (std::abs(y) > reach) continue;
            const auto weight = static_cast<float>(std::exp(-y * y / 2));
            float* const out = &sum[row * grid_.columns];
            for (std::size_t column = 0; column < grid_.columns; ++column) out[column] += weight * along[column];
        }
    }
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] *= strength_[i];
    return sum;
}

std::vector<float> Rain::amount(double from, double to, RainKind kind) const {
    return sum_over_areas(kind, [=](const Area& area, double longitude) {
        return area.profile_integral(longitude - area.longitude - area.speed * from, area.speed * (to - from));
    });
}

std::vector<float> Rain::hourly_rate(double at, RainKind kind) const {
    return sum_over_areas(kind, [=](const Area& area, double longitude) {
        return area.profile(longitude - area.longitude - area.speed * at);
    });
}

}  // namespace gfs::simulator
