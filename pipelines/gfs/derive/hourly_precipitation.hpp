// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/area.hpp"
#include "grib/reader.hpp"
#include "netcdf/convert.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

namespace gfs {

/// An accumulated field of an earlier lead.
struct PreviousAccumulation {
    std::vector<float> values;  ///< missing ones are `fill_value`
    double packing_step = 0;
};

/// Reads accumulations of the lead one hour earlier.
class PreviousAccumulationReader {
public:
    /// `grib` holds them on the whole grid and may be an empty file; results are cut to the area.
    PreviousAccumulationReader(const std::filesystem::path& grib, std::optional<Area> area);

    /// Finds the accumulation of `later` one hour earlier; nothing where it began since, or is absent.
    std::optional<PreviousAccumulation> find(const Message& later);

private:
    std::optional<GribReader> reader_;
    std::optional<Area> area_;
};

/// The largest difference that packing explains between two equal accumulations: each is off by half its step.
double packing_tolerance(double one_step, double other_step);

/// The increase between two accumulations that began together. A decrease by up to `tolerance`, as packing causes, is
/// zero; a larger one makes the value missing.
std::vector<float> accumulation_difference(std::span<const float> earlier, std::span<const float> later,
                                           double tolerance);

/// Adds the precipitation of the last hour. NCEP's sums restart every 6 h: one hour later the sum is the hour's own,
/// afterwards the difference from the sum one hour earlier.
class HourlyPrecipitation final : public FieldProcessor {
public:
    /// With `previous` nullptr the field is added in the first hour of a bucket only.
    explicit HourlyPrecipitation(PreviousAccumulationReader* previous) : previous_(previous) {}

    void plan(FileLayout& layout, const std::vector<Message>& messages) override;
    void process(std::size_t variable, std::size_t level, std::span<const float> values, const Emit& emit) override;

    /// False where the file has no such sum, or the sum one hour earlier is absent.
    bool is_planned() const { return hourly_variable_.has_value(); }

private:
    bool read_previous(const Message& sum);

    PreviousAccumulationReader* previous_;
    std::size_t accumulated_variable_ = 0;        ///< the variable it is derived from
    std::optional<std::size_t> hourly_variable_;  ///< the derived variable
    std::vector<float> previous_values_;          ///< empty in the first hour of a bucket
    double tolerance_ = 0;
};

}  // namespace gfs
