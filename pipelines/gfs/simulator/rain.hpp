// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/grid.hpp"

#include <vector>

namespace gfs::simulator {

/// Which rain counts.
enum class RainKind { all, convective };

/// Areas of rain that travel along their parallels. Sums over time are exact, so that amounts of different spans add
/// up. Times are hours since 1970; amounts are kg m-2.
class Rain {
public:
    /// `pattern` says where on the ground it rains more or less than on average (0).
    Rain(const Grid& grid, const std::vector<float>& pattern);

    /// What falls from one time to another.
    std::vector<float> amount(double from, double to, RainKind kind) const;
    /// What falls in an hour at the rate of this moment.
    std::vector<float> hourly_rate(double at, RainKind kind) const;

private:
    struct Area {
        double latitude;    ///< radians, as all angles
        double longitude;   ///< of the centre at time 0
        double speed;       ///< per hour, eastward
        double width;       ///< along the parallel
        double height;      ///< along the meridian
        double peak;        ///< kg m-2 per hour in the centre
        double convective;  ///< share

        double profile(double east_of_centre) const;
        double profile_integral(double east_of_centre, double speed_times_hours) const;
    };

    static Area synthetic_area(std::size_t index);
    template <typename Profile>
    std::vector<float> sum_over_areas(RainKind kind, Profile profile) const;

    Grid grid_;
    std::vector<float> strength_;  ///< of the ground below, not negative
    std::vector<Area> areas_;
};

}  // namespace gfs::simulator
