// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/grid.hpp"
#include "simulator/rain.hpp"

#include <vector>

namespace gfs::simulator {

/// The made-up weather at one place and moment, near the ground, in GRIB's units; fields are formulas over it.
struct Point {
    float pressure;           ///< at mean sea level, Pa
    float u, v;               ///< wind at 10 m, m s-1
    float temperature;        ///< at 2 m, K
    float humidity;           ///< relative, at 2 m, percent
    float low, middle, high;  ///< clouds, percent
    float rain;               ///< kg m-2 in an hour
    float sun;                ///< cosine of the zenith angle; 0 at night
    float height;             ///< of the ground, m
    float land;               ///< 1 on land, 0 at sea
    float texture;            ///< small-scale variation around 0
};

/// A made-up atmosphere that is the same for everybody: jets with travelling highs and lows, trade winds, seasons, days
/// and nights, land and sea. It is a function of time alone, so that different cycles forecast the same weather.
class Weather {
public:
    explicit Weather(const Grid& grid);

    /// At hours since 1970.
    std::vector<Point> at(double hours) const;
    const Rain& rain() const { return rain_; }
    const Grid& grid() const { return grid_; }

private:
    /// The small-scale variation, which drifts east as a whole.
    float texture_at(std::size_t row, std::size_t column, double hours) const;
    void add_winds(std::vector<Point>& points) const;

    Grid grid_;
    std::vector<float> texture_;
    std::vector<float> height_;  ///< m; 0 at sea
    std::vector<float> land_;
    Rain rain_;
};

}  // namespace gfs::simulator
