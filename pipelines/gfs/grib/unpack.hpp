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

/// Decodes the values of a message that holds one field and has been walked before, in its own order; missing ones
/// become `missing`. Returns false, with nothing decoded, unless it is packed by data representation template 5.0
/// (simple), 5.2 (complex) or 5.3 (complex with spatial differencing). Throws freshet::Error where the number of values
/// differs from `values.size()`, where its section 7 has fewer, and for a value that is no finite number. Any thread
/// may call it.
///
/// Each value is ((X * 2^E) + R) * 10^-D in double precision, rounded to float: eccodes' expression, with its powers.
/// A constant that is packed in no bits is R, as NCEP's library writes it and all decoders read it.
bool unpack(Octets message, float missing, std::span<float> values);

}  // namespace gfs
