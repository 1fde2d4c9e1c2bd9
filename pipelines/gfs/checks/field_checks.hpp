// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gfs {

/// Frequency of exact zeros in fields of a quantity: common for rain, rare for wind.
enum class Zeros { common, rare };

/// Presence of values in fields of a quantity: anywhere or nowhere, or always somewhere.
enum class Presence { anywhere, always };

/// The range of a quantity on Earth, with room for extremes that a model may reach: values outside are damage, not
/// weather.
struct PlausibleRange {
    std::string_view name;  ///< NCEP's abbreviation, or the standard name of a derived quantity
    double low;
    double high;
    Zeros zeros = Zeros::common;
    Presence presence = Presence::anywhere;
};

/// The range of a quantity; nullptr where none is known.
const PlausibleRange* find_plausible_range(std::string_view name);

// Each check returns a sentence about the defect, or nothing. Missing values are `fill_value`.

/// Finds values outside of the range.
std::optional<std::string> check_range(const PlausibleRange& plausible, std::span<const float> values);

/// Finds a field without any value where the quantity always has some.
std::optional<std::string> check_presence(const PlausibleRange& plausible, std::span<const float> values);

/// Finds a large share of exact zeros where zeros are rare: points that were never written.
std::optional<std::string> check_zeros(const PlausibleRange& plausible, std::span<const float> values);

/// On a grid all around the Earth, finds a first and a last column that differ more than any two neighbours do, as when
/// the last one was never written. `columns` is the length of a row.
std::optional<std::string> check_seam(std::span<const float> values, std::size_t columns);

/// Finds accumulations that decreased by more than `tolerance`, which packing explains.
std::optional<std::string> check_decrease(std::span<const float> earlier, std::span<const float> later,
                                          double tolerance);

}  // namespace gfs
