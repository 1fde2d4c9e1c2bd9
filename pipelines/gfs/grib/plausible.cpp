// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/plausible.hpp"

#include "grib/octets.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gfs {

namespace {

// Templates 5.2 and 5.3 may mark missing values among the packed ones; how many is known only when they are decoded.
bool uses_missing_value_management(Octets packing) {
    const std::uint32_t packing_template = number_at(packing, 10, 2);
    return (packing_template == 2 || packing_template == 3) && number_at(packing, 23, 1) != 0;
}

}  // namespace

void check_decoded_values(const std::vector<unsigned char>& message, std::span<const float> values, float missing) {
    if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
        throw freshet::Error("a value in it is no number");
    const Octets packing = section_of(message, 5);
    if (uses_missing_value_management(packing)) return;
    const std::size_t packed = number_at(packing, 6, 4);
    const auto found = static_cast<std::size_t>(std::count(values.begin(), values.end(), missing));
    if (packed + found != values.size()) {
        throw freshet::Error(fmt::format("{} of its {} values are missing, and {} should be", found, values.size(),
                                         values.size() - std::min(packed, values.size())));
    }
}

}  // namespace gfs
