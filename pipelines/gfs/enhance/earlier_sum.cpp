// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "enhance/earlier_sum.hpp"

#include "grib/crop.hpp"
#include "grib/reader.hpp"
#include "netcdf/definition.hpp"

#include <algorithm>

namespace gfs {

std::optional<EarlierSum> earlier_sum(const std::filesystem::path& grib, const SumWanted& wanted,
                                      const std::optional<Area>& area) {
    constexpr int sum = 1;  // code table 4.10
    if (std::filesystem::file_size(grib) == 0) return std::nullopt;
    GribReader reader(grib);
    const Validity validity{.begin = wanted.begin, .end = wanted.end, .process = sum};
    const auto found = std::ranges::find_if(reader.messages(), [&](const Message& message) {
        return message.parameter == wanted.parameter && message.level == wanted.level && message.validity == validity &&
               message.grid == wanted.grid;
    });
    if (found == reader.messages().end()) return std::nullopt;
    return EarlierSum{.values = Crop(wanted.grid, area).part_of(reader.values(*found, fill_value)),
                      .packing_step = found->packing_step};
}

double tolerance_of(double one_step, double other_step) {
    constexpr double rounding_to_float = 1.001;
    return (one_step + other_step) / 2 * rounding_to_float;
}

}  // namespace gfs
