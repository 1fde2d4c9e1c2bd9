// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/codec.hpp"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

// GRIB packs the values of a message as whole multiples of a granularity, 2^E * 10^-D, above a reference. Decoded, they
// have digits that tell nothing more and take most of the room of a compressed field.
namespace gfs {

/// The digits of values that are kept.
enum class Precision {
    exact,    ///< all that decoding gives
    packing,  ///< those that the packing tells: values are rounded to multiples of a power of two
};

/// The text of the attribute that explains the rounding.
inline constexpr std::string_view rounding_rule =
    "values are rounded to the nearest multiple of rounding_step, the greatest power of two that is at most half of "
    "the granularity of the packed GRIB message, or of what that means for a derived value; where there are several "
    "fields, rounding_step is of each, and 0 where its values are exact; a field of one value is exact";

/// The greatest power of two that is at most half of a granularity: values that differ by it stay different and in
/// their order when they are rounded to multiples of that power. 0, for no rounding, where the granularity is unknown
/// (0) or beyond all that float can tell.
double rounding_step(double granularity);

/// The greatest number of decimal places that all multiples of the step tell apart, as `least_significant_digit` means
/// it: 1 for steps of at most 0.1. Requires a step above 0.
int decimal_places(double step);

/// Rounds each value to the nearest multiple of `step`, halves to the even one. Missing values stay, and so do the
/// values of a field that has only one besides. Returns `values` where there is nothing to round, else `rounded`, whose
/// memory is used again.
std::span<const float> round_values(std::span<const float> values, double step, std::vector<float>& rounded);

}  // namespace gfs

template <>
inline constexpr std::pair<gfs::Precision, std::string_view> freshet::enum_names<gfs::Precision>[] = {
    {gfs::Precision::exact, "exact"}, {gfs::Precision::packing, "packing"}};
