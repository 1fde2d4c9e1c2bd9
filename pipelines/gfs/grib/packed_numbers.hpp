// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/sections.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

namespace gfs {

/// Reads unsigned big-endian numbers of any width from bytes, one bit after the other.
class BitReader {
public:
    static constexpr unsigned max_width = 32;

    BitReader() = default;
    /// Begins at the byte `begin`.
    BitReader(Octets bytes, std::uint64_t begin) : bytes_(bytes), at_(8 * begin) {}

    /// True where `count` numbers of `width` bits are left.
    bool has(std::uint64_t count, unsigned width) const {
        const std::uint64_t end = 8 * bytes_.size();
        return at_ <= end && (width == 0 || count <= (end - at_) / width);
    }

    /// Reads the next number. Requires that it is there, and a width of at most `max_width`.
    std::uint64_t read(unsigned width) {
        if (width == 0) return 0;
        const std::uint64_t byte = at_ / 8;
        const std::uint64_t word = byte + sizeof word <= bytes_.size() ? whole_word(byte) : last_word(byte);
        const std::uint64_t number = word << (at_ % 8) >> (64 - width);
        at_ += width;
        return number;
    }

    /// Reads numbers as read() does, eight at a time where the processor can, and adds `reference` to each. Requires
    /// that they are there.
    void read_all(unsigned width, std::uint64_t reference, std::span<std::uint64_t> numbers);

    /// The first whole byte behind `count` numbers of `width` bits from here.
    std::uint64_t byte_behind(std::uint64_t count, unsigned width) const { return (at_ + count * width + 7) / 8; }

private:
    std::uint64_t whole_word(std::uint64_t byte) const {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes_.data() + byte, sizeof word);
        return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
    }

    std::uint64_t last_word(std::uint64_t byte) const {
        std::uint64_t word = 0;
        for (std::uint64_t i = byte; i < byte + sizeof word; ++i)
            word = word << 8U | (i < bytes_.size() ? bytes_[i] : 0);
        return word;
    }

    Octets bytes_{};
    std::uint64_t at_ = 0;  // in bits
};

/// The scaling that the templates 5.0, 5.2 and 5.3 have in common: octets 12 to 20 of section 5.
struct Scaling {
    explicit Scaling(Octets packing);

    float value(std::int64_t packed) const {
        return static_cast<float>((static_cast<double>(packed) * binary + reference) * decimal);
    }

    /// value() of each.
    void scale(std::span<const std::int64_t> packed, float* values) const;

    double reference;
    double binary;
    double decimal;
    unsigned bits;  ///< of a packed value, or of a group's reference
};

}  // namespace gfs
