// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gfs {

/// A message or a part of it. Octets are counted from 1, as the WMO's manual does.
using Octets = std::span<const unsigned char>;

inline std::uint32_t big_endian(Octets octets) {
    std::uint32_t value = 0;
    for (const unsigned char octet : octets) value = value << 8U | octet;
    return value;
}

/// `count` octets of a section as an unsigned number.
inline std::uint32_t number_at(Octets section, std::size_t first, std::size_t count) {
    return big_endian(section.subspan(first - 1, count));
}

/// A section of a message of one field, which has been walked before: the section is there, and whole.
inline Octets section_of(Octets message, int number) {
    constexpr std::size_t after_indicator = 16;
    std::size_t at = after_indicator;
    while (message[at + 4] != number) at += big_endian(message.subspan(at, 4));
    return message.subspan(at, big_endian(message.subspan(at, 4)));
}

}  // namespace gfs
