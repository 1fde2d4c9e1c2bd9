// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/plausible.hpp"

#include <optional>
#include <span>
#include <string>

namespace gfs {

// Each says what is wrong with a field, in one sentence; nothing where all is well. Missing values are `fill_value`.

/// Values that the quantity cannot have.
std::optional<std::string> check_range(const PlausibleRange& plausible, std::span<const float> values);

/// No value at all where the quantity always has some.
std::optional<std::string> check_presence(const PlausibleRange& plausible, std::span<const float> values);

/// A good part exactly zero where zeros are rare: what was never filled in.
std::optional<std::string> check_zeros(const PlausibleRange& plausible, std::span<const float> values);

/// On a grid all around the Earth: a first and a last column that differ more than any two neighbours do, as where the
/// last one was never filled in. `columns` is the length of a row.
std::optional<std::string> check_seam(std::span<const float> values, std::size_t columns);

/// Sums that are smaller than they were earlier by more than `tolerance`, which packing explains.
std::optional<std::string> check_decrease(std::span<const float> earlier, std::span<const float> later,
                                          double tolerance);

}  // namespace gfs
