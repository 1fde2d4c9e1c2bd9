// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/chunk_file.hpp"
#include "netcdf/huffman_code.hpp"

#include <zlib.h>
#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace {

using Words = std::vector<std::uint32_t>;

Words to_words(const std::vector<float>& values) {
    Words words;
    for (const float value : values) words.push_back(std::bit_cast<std::uint32_t>(value));
    return words;
}

/// Inflates with zlib; returns nothing for a stream of another number of values.
Words inflate(const std::vector<unsigned char>& compressed, std::size_t count) {
    Words words(count + 1);
    uLongf length = words.size() * sizeof(std::uint32_t);
    const int code = ::uncompress(reinterpret_cast<Bytef*>(words.data()), &length, compressed.data(),
                                  static_cast<uLong>(compressed.size()));
    if (code != Z_OK || length != count * sizeof(std::uint32_t)) return {};
    words.resize(count);
    return words;
}

/// The bytes of the shuffle filter, back in their places.
Words unshuffled(const Words& words) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(words.data());
    Words result(words.size());
    for (std::size_t i = 0; i < words.size(); ++i)
        for (unsigned part = 0; part < sizeof(float); ++part)
            result[i] |= std::uint32_t{bytes[part * words.size() + i]} << (8 * part);
    return result;
}

/// Values of so many different ones, which come back the sooner the fewer they are.
std::vector<float> drawn_from(std::size_t different, std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<float> values(count);
    for (float& value : values) value = 250 + 0.1F * static_cast<float>(random() % different);
    return values;
}

double sum_of_shares(const std::vector<gfs::SymbolCode>& codes) {
    double sum = 0;
    for (const gfs::SymbolCode& code : codes)
        if (code.length > 0) sum += std::ldexp(1.0, -code.length);
    return sum;
}

}  // namespace

TEST_CASE("zlib reads back what was deflated word by word, whatever it is", "[deflate]") {
    for (const std::size_t count :
         {0U, 1U, 2U, 3U, 63U, 64U, 65U, 66U, 511U, 8192U, 8193U, 32767U, 32768U, 32769U, 100'000U})
        for (const std::size_t different : {1U, 2U, 300U, 5000U, 1'000'000'000U}) {
            CAPTURE(count, different);
            const auto values = drawn_from(different, count, 3);
            const auto compressed = gfs::deflate_words(values);
            CHECK((inflate(compressed, count) == to_words(values)));
            CHECK((unshuffled(inflate(gfs::shuffle_and_deflate(values), count)) == to_words(values)));
        }
}

TEST_CASE("runs, rows that return and values that are no numbers survive", "[deflate]") {
    std::mt19937 random(5);
    for (int example = 0; example < 200; ++example) {
        std::vector<float> values;
        while (values.size() < 20'000) {
            const std::size_t count = 1 + random() % 300;
            const auto kind = random() % 4;
            if (kind == 0)
                values.insert(values.end(), count, std::bit_cast<float>(static_cast<std::uint32_t>(random())));
            if (kind == 1)
                for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<float>(random() % 9));
            if (kind == 2)
                for (std::size_t i = 0; i < count; ++i)
                    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(random())));
            if (kind == 3 && !values.empty()) {
                const std::size_t distance = 1 + random() % std::min<std::size_t>(values.size(), 9000);
                for (std::size_t i = 0; i < count; ++i) values.push_back(values[values.size() - distance]);
            }
        }
        CAPTURE(example);
        REQUIRE((inflate(gfs::deflate_words(values), values.size()) == to_words(values)));
    }
}

TEST_CASE("a value is found again 8,192 values later and no further", "[deflate]") {
    std::vector<float> near(8192 * 2), far(8193 * 2);
    for (std::vector<float>* values : {&near, &far}) {
        const std::size_t half = values->size() / 2;
        std::mt19937 random(1);
        for (std::size_t i = 0; i < half; ++i)
            (*values)[i] = (*values)[half + i] = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    }
    CHECK(gfs::deflate_words(near).size() < near.size() / 2 * sizeof(float) * 14 / 10);  // a few hide each other
    CHECK(gfs::deflate_words(far).size() > far.size() * sizeof(float) * 9 / 10);
}

TEST_CASE("values that are few different ones take fewer bytes as words than shuffled", "[deflate]") {
    std::mt19937 random(9);
    std::vector<float> values;  // like a wind in steps of 0.01 m/s, on rows of 1440 points
    for (int row = 0; row < 200; ++row)
        for (int column = 0; column < 1440; ++column) {
            const double smooth = 20 * std::sin(column / 90.0) * std::cos(row / 60.0);
            values.push_back(static_cast<float>(std::round(100 * smooth) + static_cast<double>(random() % 99)) / 100);
        }
    CHECK(static_cast<double>(gfs::deflate_words(values).size()) <
          0.95 * static_cast<double>(gfs::shuffle_and_deflate(values).size()));
}

TEST_CASE("no values are longer deflated than by a fiftieth", "[deflate]") {
    std::mt19937 random(2);
    std::vector<float> noise(200'000);
    for (float& value : noise) value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    CHECK(static_cast<double>(gfs::deflate_words(noise).size()) <
          1.02 * static_cast<double>(noise.size() * sizeof(float)));
}

TEST_CASE("no code of a symbol is longer than allowed, and all have room", "[deflate]") {
    std::mt19937 random(4);
    for (const unsigned limit : {7U, 9U, 14U})
        for (std::size_t symbols = 1; symbols <= (std::size_t{1} << limit) && symbols <= 286; ++symbols) {
            std::vector<std::uint32_t> frequencies(symbols);
            for (std::size_t i = 0; i < symbols;
                 ++i)  // some grow so fast that Huffman's code is as deep as it has symbols
                frequencies[i] = symbols % 2 == 0 ? static_cast<std::uint32_t>(1 + random() % 1000)
                                                  : static_cast<std::uint32_t>(1ULL << std::min<std::size_t>(i, 31));
            const auto codes = gfs::huffman_codes(frequencies, limit);
            CAPTURE(limit, symbols);
            for (const gfs::SymbolCode& code : codes) {
                REQUIRE(code.length >= 1);
                REQUIRE(code.length <= limit);
            }
            REQUIRE(sum_of_shares(codes) == (symbols == 1 ? 0.5 : 1.0));
        }
}

TEST_CASE("a code is Huffman's where no limit is in the way", "[deflate]") {
    const std::vector<std::uint32_t> frequencies{45, 13, 0, 12, 16, 9, 5};
    std::vector<int> lengths;
    for (const gfs::SymbolCode& code : gfs::huffman_codes(frequencies, 14)) lengths.push_back(code.length);
    CHECK(lengths == std::vector<int>{1, 3, 0, 3, 3, 4, 4});
}
