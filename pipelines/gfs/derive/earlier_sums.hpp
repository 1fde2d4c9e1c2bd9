// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/area.hpp"
#include "grib/reader.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace gfs {

/// A sum of an earlier lead.
struct PreviousAccumulation {
    std::vector<float> values;  ///< missing ones are `fill_value`
    double packing_step = 0;
};

/// The sums of the lead one hour earlier, to tell what was added since.
class PreviousAccumulationReader {
public:
    /// `grib` has them on the whole grid, and may be empty; they are cut to the area.
    PreviousAccumulationReader(const std::filesystem::path& grib, std::optional<Area> area);

    /// What the later message, a sum, was one hour earlier; nothing where it began since, or is not there.
    std::optional<PreviousAccumulation> find(const Message& later);

private:
    std::optional<GribReader> reader_;
    std::optional<Area> area_;
};

/// By how much two sums that were packed in these steps may differ where nothing fell: each is off by half a step.
double packing_tolerance(double one_step, double other_step);

}  // namespace gfs
