// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/waves.hpp"

#include <cmath>

namespace gfs::simulator {
namespace {

/// Where a wave lives and how it moves, in degrees and degrees per day.
struct WaveSpec {
    int number;  ///< of crests around the globe
    double latitude;
    double extent;
    double speed;
    double amplitude;
    double tilt;
};

constexpr WaveSpec wave_specs[] = {
    {1, 60, 18, 2, 0.5, 0.8},    {2, 58, 16, 3, 0.5, 1.1},   {4, 52, 13, 7, 0.45, -1.4}, {6, 46, 11, 10, 0.55, -1.9},
    {9, 43, 9, 13, 0.4, -2.3},   {13, 50, 8, 15, 0.25, 2.0}, {1, -58, 17, 4, 0.4, -0.7}, {3, -55, 15, 8, 0.5, 1.6},
    {5, -50, 12, 11, 0.6, 2.1},  {7, -54, 11, 13, 0.6, 2.4}, {11, -46, 9, 15, 0.4, 2.6}, {5, 8, 12, -6, 0.12, 0.5},
    {8, -10, 11, -7, 0.1, -0.5},
};

constexpr double hours_in_a_day = 24;

}  // namespace

Waves::Waves(const Grid& grid, double hours) : grid_(grid) {
    for (const auto& spec : wave_specs) {
        Wave wave{.latitude = spec.latitude * Grid::degree,
                  .extent = spec.extent * Grid::degree,
                  .tilt = spec.tilt,
                  .amplitude = spec.amplitude,
                  .cosine = {},
                  .sine = {}};
        const double moved = spec.speed * Grid::degree * hours / hours_in_a_day;
        for (std::size_t column = 0; column < grid.columns; ++column) {
            const double phase = spec.number * (grid.longitude(column) - moved) + spec.latitude;
            wave.cosine.push_back(static_cast<float>(std::cos(phase)));
            wave.sine.push_back(static_cast<float>(std::sin(phase)));
        }
        waves_.push_back(std::move(wave));
    }
}

std::vector<Waves::Value> Waves::row(std::size_t row) const {
    std::vector<Value> values(grid_.columns, Value{0, 0});
    const double latitude = grid_.latitude(row);
    for (const auto& wave : waves_) {
        const double y = (latitude - wave.latitude) / wave.extent;
        // At the poles all longitudes are one place, so no wave may reach them.
        const double amplitude = wave.amplitude * std::exp(-y * y / 2) * std::cos(latitude);
        const auto c = static_cast<float>(amplitude * std::cos(wave.tilt * latitude));
        const auto s = static_cast<float>(amplitude * std::sin(wave.tilt * latitude));
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i].pressure += c * wave.cosine[i] - s * wave.sine[i];
            values[i].warmth += c * wave.sine[i] + s * wave.cosine[i];
        }
    }
    return values;
}

}  // namespace gfs::simulator
