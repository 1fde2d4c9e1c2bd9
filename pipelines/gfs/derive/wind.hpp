// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "netcdf/convert.hpp"

#include <optional>
#include <vector>

namespace gfs {

/// The speed of a wind with these components, in their unit.
double wind_speed(double u, double v);
/// The direction from which the wind blows, in degrees clockwise from north, from 0 up to 360: 270 is a west wind.
/// Nothing for calm. `u` is the eastward, `v` the northward component.
std::optional<double> wind_from_direction(double u, double v);

/// Adds speed and direction of the wind 10 m and 100 m above ground, where the file has both components.
/// Components along a projection's grid give a speed only.
class Winds final : public FieldProcessor {
public:
    void plan(FileLayout& layout, const std::vector<Message>& messages) override;
    void process(std::size_t variable, std::size_t level, std::span<const float> values, const Emit& emit) override;

private:
    /// The two components and the variables derived from them.
    struct Components {
        std::size_t u;
        std::size_t v;
        std::optional<std::size_t> speed = {};
        std::optional<std::size_t> direction = {};
        std::vector<float> first = {};  ///< the component that came first, until the other comes
    };

    std::vector<Components> components_;
};

}  // namespace gfs
