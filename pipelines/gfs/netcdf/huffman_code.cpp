// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/huffman_code.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace gfs {

namespace {

/// Returns the number of bits of each of the symbols, whose frequencies ascend: their depths in Huffman's tree. Its
/// leaves and its inner nodes, which are made in ascending order, are two queues.
std::vector<unsigned> tree_depths(const std::vector<std::uint32_t>& ascending) {
    const std::size_t leaves = ascending.size();
    std::vector<std::uint64_t> weights(ascending.begin(), ascending.end());
    std::vector<std::size_t> parents(2 * leaves - 1);
    std::size_t leaf = 0, inner = leaves;
    const auto take_lightest = [&] {
        const bool is_leaf = leaf < leaves && (inner == weights.size() || weights[leaf] <= weights[inner]);
        return is_leaf ? leaf++ : inner++;
    };
    while (weights.size() < parents.size()) {
        const std::size_t one = take_lightest(), other = take_lightest();
        parents[one] = parents[other] = weights.size();
        weights.push_back(weights[one] + weights[other]);
    }
    std::vector<unsigned> depths(parents.size());
    for (std::size_t node = parents.size() - 1; node-- > 0;) depths[node] = depths[parents[node]] + 1;
    depths.resize(leaves);
    return depths;
}

/// Shortens depths, which descend, to `max_length`, and lengthens others until a code with these lengths exists: until
/// the sum of 2^-length is at most 1.
void limit_depths(std::vector<unsigned>& depths, unsigned max_length) {
    const std::uint64_t room = std::uint64_t{1} << max_length;
    std::uint64_t used = 0;
    for (unsigned& depth : depths) {
        depth = std::min(depth, max_length);
        used += room >> depth;
    }
    for (std::size_t i = 0; used > room; i = (i + 1) % depths.size()) {
        if (depths[i] == max_length) continue;
        used -= (room >> depths[i]) / 2;
        ++depths[i];
    }
    for (std::size_t i = depths.size(); i-- > 0;)  // what is left over goes to the most frequent
        while (depths[i] > 1 && used + (room >> depths[i]) <= room) used += room >> depths[i]--;
}

std::uint16_t reversed(unsigned bits, unsigned length) {
    unsigned result = 0;
    for (unsigned i = 0; i < length; ++i) result |= (bits >> i & 1U) << (length - 1 - i);
    return static_cast<std::uint16_t>(result);
}

/// Sets the bits of codes from their lengths, as RFC 1951, 3.2.2 does.
void set_bits(std::vector<SymbolCode>& codes) {
    std::array<unsigned, 17> count{}, next{};
    for (const SymbolCode& code : codes) ++count[code.length];
    count[0] = 0;
    for (unsigned length = 1; length < next.size(); ++length)
        next[length] = (next[length - 1] + count[length - 1]) << 1U;
    for (SymbolCode& code : codes)
        if (code.length > 0) code.bits = reversed(next[code.length]++, code.length);
}

/// A symbol of the code in which lengths of codes are written: a length, or 16 to 18 for repeated ones.
struct LengthSymbol {
    std::uint8_t symbol;
    std::uint8_t extra = 0;  ///< how often beyond the least
};

/// Bits of `extra` of the symbols 16 to 18.
unsigned extra_bits(unsigned symbol) { return symbol == 16 ? 2 : symbol == 17 ? 3 : symbol == 18 ? 7 : 0; }

void append_zeros(std::size_t count, std::vector<LengthSymbol>& symbols) {
    constexpr std::size_t least = 3, least_of_many = 11, most = 138;
    for (; count >= least; count -= std::min(count, most)) {
        const std::size_t now = std::min(count, most);
        if (now < least_of_many)
            symbols.push_back({17, static_cast<std::uint8_t>(now - least)});
        else
            symbols.push_back({18, static_cast<std::uint8_t>(now - least_of_many)});
    }
    symbols.insert(symbols.end(), count, {0});
}

void append_repeated(std::uint8_t length, std::size_t count, std::vector<LengthSymbol>& symbols) {
    constexpr std::size_t least = 3, most = 6;
    symbols.push_back({length});
    for (--count; count >= least; count -= std::min(count, most))
        symbols.push_back({16, static_cast<std::uint8_t>(std::min(count, most) - least)});
    symbols.insert(symbols.end(), count, {length});
}

std::vector<LengthSymbol> length_symbols(const std::vector<std::uint8_t>& lengths) {
    std::vector<LengthSymbol> symbols;
    for (auto first = lengths.begin(); first != lengths.end();) {
        const auto end = std::find_if(first, lengths.end(), [&](std::uint8_t length) { return length != *first; });
        const auto count = static_cast<std::size_t>(end - first);
        if (*first == 0)
            append_zeros(count, symbols);
        else
            append_repeated(*first, count, symbols);
        first = end;
    }
    return symbols;
}

/// Returns the number of codes up to the last that occurs, at least `least`.
std::size_t used_codes(const std::vector<SymbolCode>& codes, std::size_t least) {
    std::size_t used = codes.size();
    while (used > least && codes[used - 1].length == 0) --used;
    return used;
}

}  // namespace

std::vector<SymbolCode> huffman_codes(std::span<const std::uint32_t> frequencies, unsigned max_length) {
    std::vector<std::size_t> symbols;
    for (std::size_t symbol = 0; symbol < frequencies.size(); ++symbol)
        if (frequencies[symbol] > 0) symbols.push_back(symbol);
    std::ranges::stable_sort(symbols, {}, [&](std::size_t symbol) { return frequencies[symbol]; });
    std::vector<SymbolCode> codes(frequencies.size());
    if (symbols.size() <= 1) {
        for (const std::size_t symbol : symbols) codes[symbol].length = 1;
        return codes;
    }
    std::vector<std::uint32_t> ascending;
    for (const std::size_t symbol : symbols) ascending.push_back(frequencies[symbol]);
    std::vector<unsigned> depths = tree_depths(ascending);
    if (depths.front() > max_length) limit_depths(depths, max_length);
    for (std::size_t i = 0; i < symbols.size(); ++i) codes[symbols[i]].length = static_cast<std::uint8_t>(depths[i]);
    set_bits(codes);
    return codes;
}

void put_block_header(BitWriter& to, bool is_last, const std::vector<SymbolCode>& literals,
                      const std::vector<SymbolCode>& distances) {
    constexpr std::array<std::uint8_t, 19> order{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    constexpr std::size_t least_literals = 257, least_distances = 1, least_lengths = 4;
    const std::size_t literal_count = used_codes(literals, least_literals);
    const std::size_t distance_count = used_codes(distances, least_distances);
    std::vector<std::uint8_t> lengths;
    for (std::size_t i = 0; i < literal_count; ++i) lengths.push_back(literals[i].length);
    for (std::size_t i = 0; i < distance_count; ++i) lengths.push_back(distances[i].length);
    const std::vector<LengthSymbol> symbols = length_symbols(lengths);
    std::array<std::uint32_t, order.size()> frequencies{};
    for (const LengthSymbol& each : symbols) ++frequencies[each.symbol];
    constexpr unsigned max_length_of_length = 7;
    const std::vector<SymbolCode> codes = huffman_codes(frequencies, max_length_of_length);
    std::size_t length_count = order.size();
    while (length_count > least_lengths && codes[order[length_count - 1]].length == 0) --length_count;

    constexpr unsigned dynamic_block = 2;
    to.put((is_last ? 1U : 0U) | dynamic_block << 1U, 3);
    to.put(literal_count - least_literals, 5);
    to.put(distance_count - least_distances, 5);
    to.put(length_count - least_lengths, 4);
    for (std::size_t i = 0; i < length_count; ++i) to.put(codes[order[i]].length, 3);
    for (const LengthSymbol& each : symbols) {
        to.put(codes[each.symbol].bits, codes[each.symbol].length);
        to.put(each.extra, extra_bits(each.symbol));
    }
}

}  // namespace gfs
