// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/area.hpp"
#include "grib/message.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace gfs {

/// Which sum is looked for: what is summed up, where, over which time.
struct SumWanted {
    GribParameter parameter;
    Level level;
    std::chrono::sys_seconds begin;
    std::chrono::sys_seconds end;
    Grid grid;
};

/// A sum of an earlier lead.
struct EarlierSum {
    std::vector<float> values;  ///< missing ones are `fill_value`
    double packing_step = 0;
};

/// The first such sum of a GRIB2 file, cut to the area; nothing where it has none.
std::optional<EarlierSum> earlier_sum(const std::filesystem::path& grib, const SumWanted& wanted,
                                      const std::optional<Area>& area);

/// By how much two sums that were packed in these steps may differ where nothing fell: each is off by half a step.
double tolerance_of(double one_step, double other_step);

}  // namespace gfs
