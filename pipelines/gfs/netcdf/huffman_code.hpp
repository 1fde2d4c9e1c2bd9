// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

// Bits of deflate blocks (RFC 1951), the least significant one first.
namespace gfs {

/// Writes bits to memory that has room for them, and for 8 bytes more.
class BitWriter {
public:
    explicit BitWriter(unsigned char* to) : to_(to) {}

    /// Writes the `count` lowest bits of `bits`, at most 56; the others must be 0.
    void put(std::uint64_t bits, unsigned count) {
        pending_ |= bits << count_;
        count_ += count;
        const std::uint64_t bytes = std::endian::native == std::endian::little ? pending_ : __builtin_bswap64(pending_);
        std::memcpy(to_, &bytes, sizeof bytes);
        to_ += count_ / 8;
        pending_ >>= count_ / 8 * 8;
        count_ %= 8;
    }

    /// Fills the byte that was begun with zeros. Returns the end of what was written.
    unsigned char* finish() {
        if (count_ > 0) put(0, 8 - count_);
        return to_;
    }

private:
    unsigned char* to_;
    std::uint64_t pending_ = 0;
    unsigned count_ = 0;
};

/// The code of a symbol, its first bit the lowest.
struct SymbolCode {
    std::uint16_t bits = 0;
    std::uint8_t length = 0;  ///< 0: the symbol does not occur
};

/// The greatest length of a code of literals, lengths and distances: four in a row fit into one word. Deflate
/// allows 15.
constexpr unsigned max_code_length = 14;

/// Returns codes for symbols that occur so often: Huffman's, but none longer than `max_length` bits. A single symbol
/// gets a bit.
std::vector<SymbolCode> huffman_codes(std::span<const std::uint32_t> frequencies, unsigned max_length);

/// Writes the begin of a block with codes of its own: its header and the lengths of both codes.
void put_block_header(BitWriter& to, bool is_last, const std::vector<SymbolCode>& literals,
                      const std::vector<SymbolCode>& distances);

}  // namespace gfs
