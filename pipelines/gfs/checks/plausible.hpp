// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace gfs {

/// Whether a field of a quantity may have many values that are exactly zero: rain has, wind has not.
enum class Zeros { common, rare };

/// Whether a field of a quantity has a value somewhere, at least.
enum class Presence { anywhere, always };

/// What a quantity can be on Earth, with room for extremes that a model may reach: outside is damage, not weather.
struct PlausibleRange {
    std::string_view name;  ///< NCEP's abbreviation, or the standard name of what is derived
    double low;
    double high;
    Zeros zeros = Zeros::common;
    Presence presence = Presence::anywhere;
};

/// The row of the quantity; nullptr where nothing is known of it.
const PlausibleRange* find_plausible_range(std::string_view name);

}  // namespace gfs
