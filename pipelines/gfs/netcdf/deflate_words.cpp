// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/chunk_file.hpp"
#include "netcdf/huffman_code.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <utility>

namespace gfs {

namespace {

// Values that were packed are few different ones, all four bytes of which come back together. So the input is taken as
// words: one search for each finds where the same value was last. A search for each byte takes four times as many, and
// finds bytes of unlike values, which hide the whole ones.

constexpr std::size_t word_bytes = sizeof(float);
constexpr std::size_t max_distance = 32768 / word_bytes;
constexpr std::size_t max_match = 256 / word_bytes;
constexpr std::size_t block_words = 32768;  ///< with codes of their own
constexpr std::size_t literal_symbols = 286, distance_symbols = 30, end_of_block = 256;

/// A symbol of deflate with its further bits.
struct Symbol {
    std::uint16_t symbol;
    std::uint8_t extra_bits;
    std::uint16_t extra;
};

/// The symbol of a match of so many words (RFC 1951, 3.2.5).
constexpr Symbol length_symbol(unsigned words) {
    constexpr unsigned least = 3, first_symbol = 257;
    const unsigned length = words * unsigned{word_bytes} - least;
    if (length < 8) return {static_cast<std::uint16_t>(first_symbol + length), 0, 0};
    const unsigned bits = static_cast<unsigned>(std::bit_width(length)) - 3;
    return {static_cast<std::uint16_t>(first_symbol + 4 * bits + (length >> bits)), static_cast<std::uint8_t>(bits),
            static_cast<std::uint16_t>(length & ((1U << bits) - 1))};
}

/// The symbol of a distance of so many words, without its further bits: `distance_extra_bits` of them.
__attribute__((always_inline)) constexpr unsigned distance_symbol(unsigned words) {
    const unsigned distance = words * unsigned{word_bytes} - 1;
    const unsigned bits = static_cast<unsigned>(std::bit_width(distance)) - 2;
    return 2 * bits + (distance >> bits);
}

constexpr unsigned distance_extra_bits(unsigned symbol) { return symbol < 4 ? 0 : symbol / 2 - 1; }

/// The bytes of a value as they are stored.
std::uint32_t to_word(float value) { return std::bit_cast<std::uint32_t>(value); }

/// The place at which each word was last, as far as words do not share an entry.
class LastPlaces {
public:
    void forget() { places_.fill(0); }

    /// Returns how far back the word was last, or may have been: in the last 65,536 places.
    std::size_t distance_from(std::size_t place, std::uint32_t word) {
        constexpr std::uint32_t golden_ratio = 2654435769;  // Knuth's multiplicative hash
        std::uint16_t& entry = places_[(word * golden_ratio) >> (32 - bits)];
        const auto here = static_cast<std::uint16_t>(place);
        return static_cast<std::uint16_t>(here - std::exchange(entry, here));
    }

private:
    static constexpr unsigned bits = 15;
    std::array<std::uint16_t, std::size_t{1} << bits> places_{};
};

/// A part of the words, and for each of its words the distance to the same one before it; 0 where there is none.
struct Block {
    std::span<const float> values;
    std::array<std::uint16_t, block_words> distances;

    /// Counts the words from `place` on that came back at the same distance: one or more.
    std::size_t match_at(std::size_t place, std::size_t end) const {
        const std::size_t last = std::min(end, place + max_match);
        std::size_t next = place + 1;
        while (next < last && distances[next] == distances[place]) ++next;
        return next - place;
    }
};

__attribute__((always_inline)) inline void find_distances(const float* values, std::size_t begin, std::size_t end,
                                                          LastPlaces& last, Block& block) {
    for (std::size_t place = begin; place < end; ++place) {
        const std::size_t found = last.distance_from(place, to_word(values[place]));
        const std::size_t distance = found <= max_distance ? found : 0;
        block.distances[place - begin] =
            static_cast<std::uint16_t>(to_word(values[place - distance]) == to_word(values[place]) ? distance : 0);
    }
}

/// The codes of a block, from a sample of its words: counting all takes as long as writing them.
class BlockCodes {
public:
    explicit BlockCodes(const Block& block) {
        literal_counts_.fill(1);  // what is not in the sample may be in the block
        distance_counts_.fill(1);
        for (std::size_t i = 0; i < samples; ++i) {
            const std::size_t place = block.values.size() * i / samples;
            count(block, place, std::min(place + sample_words, block.values.size()));
        }
        literals_ = huffman_codes(literal_counts_, max_code_length);
        distances_ = huffman_codes(distance_counts_, max_code_length);
    }

    const std::vector<SymbolCode>& literals() const { return literals_; }
    const std::vector<SymbolCode>& distances() const { return distances_; }

private:
    static constexpr std::size_t samples = 8, sample_words = 256;
    static constexpr std::uint32_t weight = 4;  ///< of what is in the sample

    void count(const Block& block, std::size_t place, std::size_t end) {
        while (place < end) {
            if (block.distances[place] == 0) {
                const std::uint32_t word = to_word(block.values[place++]);
                for (unsigned part = 0; part < word_bytes; ++part) literal_counts_[word >> (8 * part) & 0xff] += weight;
            } else {
                const std::size_t words = block.match_at(place, end);
                literal_counts_[length_symbol(static_cast<unsigned>(words)).symbol] += weight;
                distance_counts_[distance_symbol(block.distances[place])] += weight;
                place += words;
            }
        }
    }

    std::array<std::uint32_t, literal_symbols> literal_counts_{};
    std::array<std::uint32_t, distance_symbols> distance_counts_{};
    std::vector<SymbolCode> literals_{}, distances_{};
};

/// Bits to write, the first one the lowest, in one load: 32 of them, their count, and the count of extra bits to add.
class Bits {
public:
    Bits() = default;
    Bits(std::uint64_t bits, unsigned count, unsigned extra_count = 0)
        : all_(bits | std::uint64_t{extra_count} << 48 | std::uint64_t{count} << 56) {}

    std::uint64_t bits() const { return all_ & 0xffffffff; }
    unsigned count() const { return static_cast<unsigned>(all_ >> 56); }
    unsigned extra_count() const { return static_cast<unsigned>(all_ >> 48 & 0xff); }

private:
    std::uint64_t all_ = 0;
};

/// Writes the words of a block in its codes.
class WordWriter {
public:
    explicit WordWriter(const BlockCodes& codes) {
        for (std::size_t i = 0; i < literals_.size(); ++i)
            literals_[i] = Bits(codes.literals()[i].bits, codes.literals()[i].length);
        for (unsigned words = 1; words <= max_match; ++words) {
            const Symbol symbol = length_symbol(words);
            const SymbolCode code = codes.literals()[symbol.symbol];
            lengths_[words] =
                Bits(code.bits | unsigned{symbol.extra} << code.length, unsigned{code.length} + symbol.extra_bits);
        }
        for (unsigned i = 0; i < distance_symbols; ++i) {
            const SymbolCode code = codes.distances()[i];
            const Bits length = lengths_[1];
            const std::uint64_t both = length.bits() | std::uint64_t{code.bits} << length.count();
            distances_[i] = Bits(code.bits, code.length, distance_extra_bits(i));
            single_[i] = Bits(both, length.count() + code.length, distance_extra_bits(i));
        }
    }

    __attribute__((always_inline)) void write(const Block& block, BitWriter& result) const {
        BitWriter to = result;  // in registers
        const std::size_t end = block.values.size();
        for (std::size_t place = 0; place < end;) {
            if (block.distances[place] == 0) {
                put_new(to, to_word(block.values[place++]));
            } else {
                const std::size_t words = block.match_at(place, end);
                put_match(to, words, block.distances[place]);
                place += words;
            }
        }
        to.put(literals_[end_of_block].bits(), literals_[end_of_block].count());
        result = to;
    }

private:
    __attribute__((always_inline)) void put_new(BitWriter& to, std::uint32_t word) const {
        const Bits a = literals_[word & 0xff], b = literals_[word >> 8 & 0xff];
        const Bits c = literals_[word >> 16 & 0xff], d = literals_[word >> 24];
        const std::uint64_t first = a.bits() | b.bits() << a.count(), second = c.bits() | d.bits() << c.count();
        const unsigned half = a.count() + b.count();
        to.put(first | second << half, half + c.count() + d.count());
    }

    __attribute__((always_inline)) void put_match(BitWriter& to, std::size_t words, unsigned distance) const {
        const Bits code = (words == 1 ? single_ : distances_)[distance_symbol(distance)];
        const std::uint64_t extra = (distance * unsigned{word_bytes} - 1) & ((1U << code.extra_count()) - 1);
        const std::uint64_t bits = code.bits() | extra << code.count();
        const unsigned count = code.count() + code.extra_count();
        if (words == 1) return to.put(bits, count);
        const Bits length = lengths_[words];
        to.put(length.bits() | bits << length.count(), length.count() + count);
    }

    std::array<Bits, end_of_block + 1> literals_{};
    std::array<Bits, max_match + 1> lengths_{};  ///< by words, with their further bits
    std::array<Bits, distance_symbols> distances_{};
    std::array<Bits, distance_symbols> single_{};  ///< after the length of one word, as of nine matches in ten
};

/// The two long loops.
struct Loops {
    void (*find_distances)(const float*, std::size_t, std::size_t, LastPlaces&, Block&);
    void (*write)(const WordWriter&, const Block&, BitWriter&);
};

constexpr Loops plain_loops{
    [](const float* values, std::size_t begin, std::size_t end, LastPlaces& last, Block& block) {
        find_distances(values, begin, end, last, block);
    },
    [](const WordWriter& writer, const Block& block, BitWriter& to) { writer.write(block, to); }};

#ifdef __x86_64__

// The same with shifts by counts in any register and an instruction for bit_width.
__attribute__((target("bmi,bmi2,lzcnt"))) void find_distances_bmi2(const float* values, std::size_t begin,
                                                                   std::size_t end, LastPlaces& last, Block& block) {
    find_distances(values, begin, end, last, block);
}

__attribute__((target("bmi,bmi2,lzcnt"))) void write_bmi2(const WordWriter& writer, const Block& block, BitWriter& to) {
    writer.write(block, to);
}

const Loops loops = __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("lzcnt")
                        ? Loops{find_distances_bmi2, write_bmi2}
                        : plain_loops;

#else

const Loops& loops = plain_loops;

#endif

/// Room for words of which none comes back, in codes of the greatest length, and for the header of each block.
std::size_t room_for(std::size_t words) {
    constexpr std::size_t header = 1024;
    return words * word_bytes * 2 + (words / block_words + 2) * header;
}

/// Memory that is used again. What is not written is not touched, which would take longer than any step.
class Room {
public:
    unsigned char* at_least(std::size_t size) {
        if (size > size_) bytes_ = std::make_unique_for_overwrite<unsigned char[]>(size);
        size_ = std::max(size, size_);
        return bytes_.get();
    }

private:
    std::unique_ptr<unsigned char[]> bytes_;
    std::size_t size_ = 0;
};

}  // namespace

std::vector<unsigned char> deflate_words(std::span<const float> values) {
    thread_local Room room;  // of each chunk in turn
    thread_local LastPlaces last;
    thread_local Block block;
    last.forget();
    constexpr unsigned zlib_header = 0x0178;  // a window of 32 KB, the fastest level
    unsigned char* const compressed = room.at_least(room_for(values.size()));
    BitWriter to(compressed);
    to.put(zlib_header, 16);
    for (std::size_t begin = 0; begin == 0 || begin < values.size(); begin += block_words) {
        const std::size_t end = std::min(begin + block_words, values.size());
        loops.find_distances(values.data(), begin, end, last, block);
        block.values = values.subspan(begin, end - begin);
        const BlockCodes codes(block);
        put_block_header(to, end == values.size(), codes.literals(), codes.distances());
        loops.write(WordWriter(codes), block, to);
    }
    unsigned char* at = to.finish();
    const std::uint32_t checksum = libdeflate_adler32(1, values.data(), values.size_bytes());
    for (int shift = 24; shift >= 0; shift -= 8) *at++ = static_cast<unsigned char>(checksum >> shift);
    return {compressed, at};
}

}  // namespace gfs
