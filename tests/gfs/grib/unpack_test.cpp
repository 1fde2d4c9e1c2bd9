// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/unpack.hpp"

#include "gfs/real_data.hpp"
#include "grib/eccodes_handle.hpp"
#include "grib/reader.hpp"
#include "made_up_grib.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>
#include <random>

using gfs::test::encode;
using gfs::test::octets;
using gfs::test::with_section;

namespace {

constexpr float fill = 9.96921e36F;

/// Packs numbers one bit after the other.
class BitWriter {
public:
    void add(std::uint64_t number, unsigned width) {
        for (unsigned i = width; i-- > 0;) bits_.push_back((number >> i & 1U) != 0);
    }

    void fill_byte() { bits_.resize((bits_.size() + 7) / 8 * 8); }

    std::string bytes() {
        fill_byte();
        std::string bytes(bits_.size() / 8, '\0');
        for (std::size_t i = 0; i < bits_.size(); ++i)
            if (bits_[i]) bytes[i / 8] = static_cast<char>(bytes[i / 8] | (0x80 >> (i % 8)));
        return bytes;
    }

private:
    std::vector<bool> bits_;
};

std::string signed_octets(std::int64_t value, int count) {
    const std::uint64_t sign = value < 0 ? std::uint64_t{1} << (8 * count - 1) : 0;
    return octets(sign | static_cast<std::uint64_t>(std::abs(value)), count);
}

/// Makes messages of any packing by chance.
class MessageMaker {
public:
    explicit MessageMaker(unsigned seed) : random_(seed) {}

    std::string make() {
        constexpr int many = 1'500;  // beyond what is decoded at once
        const auto columns = static_cast<std::size_t>(between(1, between(0, 19) == 0 ? many : 100));
        message_ = encode({.values = std::vector<double>(3 * columns, 1), .keys = {{"Ni", double(columns)}}});
        count_ = make_bitmap(3 * columns);
        bits_ = static_cast<unsigned>(between(1, 31));
        const bool is_simple = between(0, 2) == 0;
        return is_simple || count_ == 0 ? make_simple() : make_complex();
    }

private:
    std::int64_t between(std::int64_t least, std::int64_t greatest) {
        return std::uniform_int_distribution<std::int64_t>(least, greatest)(random_);
    }

    std::uint64_t number(unsigned width) {
        const auto greatest = (std::int64_t{1} << width) - 1;
        return static_cast<std::uint64_t>(between(0, 9) == 0 ? greatest : between(0, greatest));
    }

    /// Returns the number of points with a value.
    std::size_t make_bitmap(std::size_t points) {
        if (between(0, 2) != 0) return points;
        BitWriter bitmap;
        std::size_t count = 0;
        for (std::size_t i = 0; i < points; ++i) {
            const auto bit = static_cast<std::uint64_t>(between(0, 3) == 0 ? 0 : 1);
            bitmap.add(bit, 1);
            count += bit;
        }
        message_ = with_section(message_, 6, octets(0, 1) + bitmap.bytes());
        return count;
    }

    /// Octets 6 to 21 of section 5.
    std::string common_part(int packing_template) {
        const auto reference = static_cast<float>(between(-1'000'000, 1'000'000)) / 1000;
        return octets(count_, 4) + octets(static_cast<std::uint64_t>(packing_template), 2) +
               octets(std::bit_cast<std::uint32_t>(reference), 4) + signed_octets(between(-12, 8), 2) +
               signed_octets(between(-3, 6), 2) + octets(bits_, 1) + octets(0, 1);
    }

    std::string make_simple() {
        BitWriter data;
        for (std::size_t i = 0; i < count_; ++i) data.add(number(bits_), bits_);
        return with_section(with_section(message_, 5, common_part(0)), 7, data.bytes());
    }

    std::string make_complex() {
        const auto order = between(0, 2), missing_values = between(0, 2);
        const auto width_bits = static_cast<unsigned>(between(0, 4)),
                   length_bits = static_cast<unsigned>(between(0, 6));
        const auto width_reference = between(0, 31 - ((1 << width_bits) - 1));
        const auto length_reference = between(1, 20), increment = between(1, 3);
        BitWriter references, widths, lengths, values;
        std::uint64_t groups = 0, length = 0;
        for (std::size_t left = count_; left > 0; left -= length, ++groups) {
            const std::uint64_t scaled = number(length_bits), width = number(width_bits);
            length = static_cast<std::uint64_t>(length_reference) + scaled * static_cast<std::uint64_t>(increment);
            length = std::min<std::uint64_t>(length, left);
            references.add(number(bits_), bits_);
            widths.add(width, width_bits);
            lengths.add(scaled, length_bits);
            const auto width_of_values = static_cast<unsigned>(width) + static_cast<unsigned>(width_reference);
            for (std::uint64_t i = 0; i < length; ++i) values.add(number(width_of_values), width_of_values);
        }
        std::string packing = common_part(order == 0 ? 2 : 3) + octets(1, 1) +
                              octets(static_cast<std::uint64_t>(missing_values), 1) + octets(0, 8) + octets(groups, 4) +
                              signed_octets(width_reference, 1) + octets(width_bits, 1) +
                              signed_octets(length_reference, 4) + signed_octets(increment, 1) + octets(length, 4) +
                              octets(length_bits, 1);
        std::string extra;
        if (order > 0) {
            const auto extra_octets = static_cast<int>(between(1, 4));
            const auto greatest = (std::int64_t{1} << (8 * extra_octets - 1)) - 1;
            packing += signed_octets(order, 1) + signed_octets(extra_octets, 1);
            for (int i = 0; i < order; ++i) extra += signed_octets(between(0, greatest), extra_octets);
            extra += signed_octets(between(-greatest, greatest), extra_octets);
        }
        return with_section(with_section(message_, 5, packing), 7,
                            extra + references.bytes() + widths.bytes() + lengths.bytes() + values.bytes());
    }

    std::mt19937 random_;
    std::string message_;
    std::size_t count_ = 0;
    unsigned bits_ = 0;
};

std::vector<unsigned char> as_bytes(const std::string& message) { return {message.begin(), message.end()}; }

std::vector<float> unpacked(const std::vector<unsigned char>& message, std::size_t points) {
    std::vector<float> values(points);
    REQUIRE(gfs::unpack(message, fill, values));
    return values;
}

std::vector<float> by_eccodes(const std::vector<unsigned char>& message) {
    const std::vector<double> values = gfs::EccodesHandle(message).values(fill);
    return {values.begin(), values.end()};
}

bool equal_bits(const std::vector<float>& first, const std::vector<float>& second) {
    return std::ranges::equal(
        first, second, {}, [](float value) { return std::bit_cast<std::uint32_t>(value); },
        [](float value) { return std::bit_cast<std::uint32_t>(value); });
}

/// The common part of section 5 with 3 x 4 points, R = 0, E = D = 0 and 8 bits, of a template.
std::string plain_packing(int packing_template) {
    return octets(12, 4) + octets(static_cast<std::uint64_t>(packing_template), 2) + octets(0, 4) + octets(0, 2) +
           octets(0, 2) + octets(8, 1) + octets(0, 1);
}

/// A message of template 5.2 with that many groups of a value each, all 8 bits wide and said to be `length` long.
std::string grouped(std::uint64_t groups, std::uint64_t length) {
    const std::string packing = plain_packing(2) + octets(1, 1) + octets(0, 9) + octets(groups, 4) + octets(8, 1) +
                                octets(0, 1) + octets(length, 4) + octets(1, 1) + octets(length, 4) + octets(0, 1);
    return with_section(with_section(encode({}), 5, packing), 7, std::string(groups * (1 + length), 'x'));
}

}  // namespace

TEST_CASE("values of made-up messages of all widths and groups are eccodes' to the bit", "[unpack]") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    MessageMaker maker(seed);
    for (int i = 0; i < 2000; ++i) {
        INFO("message " << i);
        const auto message = as_bytes(maker.make());
        const auto expected = by_eccodes(message);
        REQUIRE(equal_bits(unpacked(message, expected.size()), expected));
    }
}

TEST_CASE("values of the real files are eccodes' to the bit", "[unpack]") {
    for (const char* const name :
         {"gfs.20110110.t12z.2p50.f120", "gfs.20200325.t18z.0p25.f018.apcp", "gfs.20200804.t12z.0p25.eu49x33.f006",
          "gfs.20210604.t12z.0p25.f000.uv10", "gfs.20220315.t18z.1p00.f006.tuv", "gfs.20251201.t00z.0p25.f000.t2m",
          "gfs.20260605.t12z.0p25.f023.pv-tmp-missing"}) {
        const auto path = gfs::test::real_file(std::string(name) + ".grib2");
        if (!path) return;
        gfs::FileReader file(*path);
        for (const gfs::FieldLocation& field : gfs::find_fields(file).fields) {
            INFO(name << ", message " << field.number);
            std::vector<unsigned char> message;
            gfs::extract_field(file, field, message);
            const bool has_groups = gfs::number_at(gfs::section_of(message, 5), 10, 2) == 0 ||
                                    gfs::number_at(gfs::section_of(message, 5), 32, 4) > 0;
            if (!has_groups) continue;  // eccodes before 2.39 is wrong there
            const auto expected = by_eccodes(message);
            REQUIRE(equal_bits(unpacked(message, expected.size()), expected));
        }
    }
}

TEST_CASE("a packing by another template is left to eccodes", "[unpack]") {
    std::vector<float> values(12, 7);
    CHECK_FALSE(gfs::unpack(as_bytes(encode({.packing = "grid_ieee"})), fill, values));
    CHECK(values == std::vector<float>(12, 7));
}

TEST_CASE("a section 7 that ends early is refused", "[unpack]") {
    std::vector<float> values(12);
    const auto unpack = [&](const std::string& message) { gfs::unpack(as_bytes(message), fill, values); };
    CHECK_NOTHROW(unpack(with_section(with_section(encode({}), 5, plain_packing(0)), 7, std::string(12, 'x'))));
    CHECK_THROWS_WITH(unpack(with_section(with_section(encode({}), 5, plain_packing(0)), 7, std::string(11, 'x'))),
                      "its section 7 ends before its last value");
    CHECK_NOTHROW(unpack(grouped(3, 4)));
    CHECK_THROWS_WITH(unpack(with_section(grouped(3, 4), 7, std::string(14, 'x'))),
                      "its section 7 ends before its last value");
    CHECK_THROWS_WITH(unpack(with_section(grouped(3, 4), 7, "xx")), "its section 7 ends before its last value");
}

TEST_CASE("groups that do not hold the stated number of values are refused", "[unpack]") {
    std::vector<float> values(12);
    const auto unpack = [&](const std::string& message) { gfs::unpack(as_bytes(message), fill, values); };
    CHECK_THROWS_WITH(unpack(grouped(3, 5)), "its groups hold more values than it states");
    CHECK_THROWS_WITH(unpack(grouped(2, 4)), "its groups hold fewer values than it states");
    CHECK_THROWS_WITH(unpack(grouped(13, 0)), "it states more groups than values");
    values.resize(9);
    CHECK_THROWS_WITH(unpack(grouped(3, 4)), "it holds 12 values, and 9 points of its grid have one");
}

TEST_CASE("a value that overflows is refused", "[unpack]") {
    std::vector<float> values(12);
    std::string packing = plain_packing(0);
    packing.replace(10, 2, octets(1000, 2));  // E
    const std::string message = with_section(with_section(encode({}), 5, packing), 7, std::string(12, 'x'));
    CHECK_THROWS_WITH(gfs::unpack(as_bytes(message), fill, values), "a decoded value is not a finite number");
}
