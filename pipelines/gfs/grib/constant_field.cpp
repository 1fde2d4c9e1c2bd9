// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/constant_field.hpp"

#include "freshet/error.hpp"

#include <bit>
#include <cstdint>
#include <span>

namespace gfs {

namespace {

using Bytes = std::span<const unsigned char>;

std::uint32_t big_endian(Bytes bytes) {
    std::uint32_t value = 0;
    for (const unsigned char byte : bytes) value = value << 8U | byte;
    return value;
}

// Octets are counted from 1, as the WMO's manual does.
Bytes octets(Bytes section, std::size_t first, std::size_t count) { return section.subspan(first - 1, count); }

// The message has been walked section by section before: it is there, and whole.
Bytes section(Bytes message, int number) {
    constexpr std::size_t after_indicator = 16;
    std::size_t at = after_indicator;
    while (message[at + 4] != number) at += big_endian(message.subspan(at, 4));
    return message.subspan(at, big_endian(message.subspan(at, 4)));
}

}  // namespace

bool is_constant_without_groups(const std::vector<unsigned char>& message) {
    const Bytes packing = section(message, 5);
    if (packing.size() < 35) return false;
    const std::uint32_t packing_template = big_endian(octets(packing, 10, 2));
    return (packing_template == 2 || packing_template == 3) && big_endian(octets(packing, 32, 4)) == 0;
}

std::vector<double> constant_values(const std::vector<unsigned char>& message, std::size_t size, double missing) {
    const Bytes packing = section(message, 5);
    const double reference = std::bit_cast<float>(big_endian(octets(packing, 12, 4)));
    std::vector<double> values(size, reference);

    const Bytes bitmap = section(message, 6);
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
