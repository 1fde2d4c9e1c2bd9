// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/constant_field.hpp"

#include "grib/octets.hpp"

#include "freshet/error.hpp"

#include <bit>
#include <cstdint>

namespace gfs {

bool is_constant_without_groups(const std::vector<unsigned char>& message) {
    const Octets packing = section_of(message, 5);
    if (packing.size() < 35) return false;
    const std::uint32_t packing_template = number_at(packing, 10, 2);
    return (packing_template == 2 || packing_template == 3) && number_at(packing, 32, 4) == 0;
}

std::vector<double> constant_values(const std::vector<unsigned char>& message, std::size_t size, double missing) {
    const Octets packing = section_of(message, 5);
    const double reference = std::bit_cast<float>(number_at(packing, 12, 4));
    std::vector<double> values(size, reference);

    const Octets bitmap = section_of(message, 6);
    constexpr int no_bitmap = 255;
    if (bitmap[5] == no_bitmap) return values;
    if (bitmap[5] != 0) throw freshet::Error("its bitmap is one that only its maker knows");
    if ((bitmap.size() - 6) * 8 < size) throw freshet::Error("its bitmap is shorter than its grid");
    for (std::size_t i = 0; i < size; ++i) {
        if ((bitmap[6 + i / 8] >> (7 - i % 8) & 1U) == 0) values[i] = missing;
    }
    return values;
}

}  // namespace gfs
