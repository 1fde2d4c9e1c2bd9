// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/unpack.hpp"

#include "freshet/error.hpp"

#include "fuzz/target.hpp"

#include <algorithm>
#include <set>

namespace freshet::fuzz {

namespace {

constexpr std::size_t max_points = 4096;
constexpr float missing = 9.96921e36F;

std::string octets(std::uint64_t value, int count) {
    std::string bytes;
    for (int i = count - 1; i >= 0; --i) bytes += static_cast<char>(value >> (8 * i));
    return bytes;
}

std::string section(std::uint64_t number, const std::string& content) {
    return octets(5 + content.size(), 4) + octets(number, 1) + content;
}

/// A message of 12 points with a bitmap or not, and with a data section of 200 octets.
std::string message(const std::string& packing, const std::string& bitmap) {
    const std::string body = section(1, std::string(16, '\0')) + section(3, octets(0, 1) + octets(12, 4)) +
                             section(4, std::string(4, '\0')) + section(5, packing) + section(6, bitmap) +
                             section(7, std::string(200, '\x5a'));
    return "GRIB" + octets(0, 3) + octets(2, 1) + octets(16 + body.size() + 4, 8) + body + "7777";
}

std::string packing(std::uint64_t kind, std::uint64_t order) {
    std::string bytes = octets(12, 4) + octets(kind, 2) + octets(0x42280000, 4) + octets(1, 2) + octets(2, 2) +
                        octets(8, 1) + octets(0, 1);
    if (kind == 0) return bytes;
    bytes += octets(1, 1) + octets(1, 1) + octets(0, 8) + octets(3, 4) + octets(2, 1) + octets(3, 1) + octets(4, 4) +
             octets(1, 1) + octets(4, 4) + octets(0, 1);
    return kind == 2 ? bytes : bytes + octets(order, 1) + octets(2, 1);
}

void run(std::string_view bytes) {
    try {
        gfs::MemoryReader reader(gfs::octets_of(bytes));
        std::set<int> numbers;
        const std::uint64_t length =
            gfs::walk_message(reader, 0, [&](const gfs::SectionLocation& found) { numbers.insert(found.number); });
        if (!std::ranges::includes(numbers, std::set{3, 5, 6, 7})) return;
        const gfs::Octets whole = gfs::octets_of(bytes.substr(0, length));
        const std::uint64_t points = gfs::number_at(gfs::section_of(whole, 3), 7, 4);
        std::vector<float> values(std::min<std::uint64_t>(points, max_points));
        if (gfs::unpack(whole, missing, values))
            require(std::ranges::all_of(values, [](float value) { return value - value == 0; }),
                    "every decoded value is finite");
    } catch (const Error&) {
    }
}

std::vector<std::string> seeds() {
    const std::string none = octets(255, 1), some = octets(0, 1) + "\xff\xf0";
    return {message(packing(0, 0), none), message(packing(0, 0), some), message(packing(2, 0), none),
            message(packing(3, 1), some), message(packing(3, 2), none)};
}

std::vector<std::string_view> dictionary() {
    return {"GRIB", "7777", std::string_view("\0\0\0\0", 4), "\xff\xff\xff\xff", std::string_view("\0\1", 2),
            "\x7f", "\x20"};
}

}  // namespace

const Target target{.run = run, .seeds = seeds, .dictionary = dictionary};

}  // namespace freshet::fuzz
