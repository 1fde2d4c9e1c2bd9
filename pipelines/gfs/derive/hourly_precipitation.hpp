// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "derive/earlier_sums.hpp"
#include "netcdf/companion.hpp"

#include <optional>
#include <span>
#include <vector>

namespace gfs {

/// What fell between two sums that began together. Below zero by no more than `tolerance` is zero: so much is lost in
/// packing. A sum that fell by more says nothing about its last part, which is missing then.
std::vector<float> accumulation_difference(std::span<const float> earlier, std::span<const float> later,
                                           double tolerance);

/// Adds the precipitation of the last hour. NCEP's sums begin anew every 6 h: one hour after that the sum is the hour's
/// own, later it is the difference from the sum one hour earlier.
class HourlyPrecipitation final : public FieldProcessor {
public:
    /// `previous` may be nullptr: then it is made in the first hour of a bucket only.
    explicit HourlyPrecipitation(PreviousAccumulationReader* previous) : previous_(previous) {}

    void plan(FileLayout& layout, const std::vector<Message>& messages) override;
    void process(std::size_t variable, std::size_t level, std::span<const float> values, const Emit& emit) override;

    /// False where the file has no such sum, or there is none to take from it.
    bool is_planned() const { return hourly_variable_.has_value(); }

private:
    bool read_previous(const Message& sum);

    PreviousAccumulationReader* previous_;
    std::size_t accumulated_variable_ = 0;        ///< the variable that it is made from
    std::optional<std::size_t> hourly_variable_;  ///< the variable that is made
    std::vector<float> previous_values_;          ///< empty in the first hour of a bucket
    double tolerance_ = 0;
};

}  // namespace gfs
