// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/grid.hpp"

#include <vector>

namespace gfs::simulator {

/// Planetary and synoptic waves of one moment: what makes highs and lows, and warm air ahead of the lows.
class Waves {
public:
    /// At hours since 1970.
    Waves(const Grid& grid, double hours);

    struct Value {
        float pressure;  ///< roughly within -2 and 2
        float warmth;    ///< a quarter of a wave ahead
    };
    /// The waves along one row.
    std::vector<Value> row(std::size_t row) const;

private:
    struct Wave {
        double latitude;  ///< of its greatest amplitude, radians
        double extent;    ///< to each side
        double tilt;      ///< turns of phase per radian of latitude
        double amplitude;
        std::vector<float> cosine;  ///< along the parallel
        std::vector<float> sine;
    };

    Grid grid_;
    std::vector<Wave> waves_;
};

}  // namespace gfs::simulator
