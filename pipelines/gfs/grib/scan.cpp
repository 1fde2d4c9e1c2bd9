// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/scan.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gfs::idx {
namespace {

/// Octets of one section or message, counted from 1 as the manual on codes does.
class Octets {
public:
    explicit Octets(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t unsigned_number(std::size_t octet, std::size_t size) const {
        if (octet - 1 + size > bytes_.size()) throw freshet::Error("a section is shorter than its template");
        std::uint64_t value = 0;
        for (const char c : bytes_.substr(octet - 1, size)) value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }
    int integer(std::size_t octet, std::size_t size) const { return static_cast<int>(unsigned_number(octet, size)); }
    /// GRIB writes the sign as the first bit and the magnitude in the rest.
    std::int64_t signed_number(std::size_t octet, std::size_t size) const {
        const auto raw = unsigned_number(octet, size);
        const auto sign = std::uint64_t{1} << (8 * size - 1);
        const auto magnitude = static_cast<std::int64_t>(raw & (sign - 1));
        return raw & sign ? -magnitude : magnitude;
    }
    std::size_t size() const { return bytes_.size(); }
    std::string_view bytes() const { return bytes_; }

private:
    std::string_view bytes_;
};

Cycle time_at(const Octets& section, std::size_t octet) {
    const std::chrono::year_month_day date{std::chrono::year{section.integer(octet, 2)},
                                           std::chrono::month{static_cast<unsigned>(section.integer(octet + 2, 1))},
                                           std::chrono::day{static_cast<unsigned>(section.integer(octet + 3, 1))}};
    return std::chrono::sys_days{date} + std::chrono::hours{section.integer(octet + 4, 1)};
}

/// GRIB2 table 4.4: the units of time that hold whole hours.
int hours_in(int unit) {
    switch (unit) {
        case 1:
            return 1;
        case 2:
            return 24;
        case 10:
            return 3;
        case 11:
            return 6;
        case 12:
            return 12;
        default:
            throw freshet::Error(fmt::format("its unit of time {} is not in hours", unit));
    }
}

Surface surface_at(const Octets& section, std::size_t octet) {
    const int type = section.integer(octet, 1);
    if (type == Surface::missing) return {};
    if (section.unsigned_number(octet + 2, 4) == 0xFFFFFFFF) return {.type = type};
    return {.type = type,
            .scale = static_cast<int>(section.signed_number(octet + 1, 1)),
            .value = section.signed_number(octet + 2, 4)};
}

/// Fills in what section 4 says; templates 4.0 (instant) and 4.8 (span of time).
void read_product(const Octets& section, ScannedField& field) {
    const int definition = section.integer(8, 2);
    if (definition != 0 && definition != 8) {
        throw freshet::Error(fmt::format("its product definition template 4.{} is neither 4.0 nor 4.8", definition));
    }
    field.parameter.category = section.integer(10, 1);
    field.parameter.number = section.integer(11, 1);
    field.start = hours_in(section.integer(18, 1)) * section.integer(19, 4);
    field.first = surface_at(section, 23);
    field.second = surface_at(section, 29);
    field.statistic.reset();
    if (definition == 0) return;
    const auto end = time_at(section, 35) - field.reference;
    field.statistic = Statistic{.process = section.integer(47, 1), .end = static_cast<int>(end.count())};
}

constexpr std::size_t section_0_size = 16;

/// Cuts the next section off `rest`.
Octets next_section(std::string_view& rest) {
    const auto size = Octets(rest).unsigned_number(1, 4);
    if (size < 5 || size > rest.size()) throw freshet::Error("a section reaches past its end");
    const auto section = rest.substr(0, size);
    rest.remove_prefix(size);
    return Octets(section);
}

std::vector<ScannedField> fields_of(std::string_view message, std::uint64_t offset) {
    std::vector<ScannedField> fields;
    ScannedField field{.offset = offset};
    field.parameter.discipline = Octets(message).integer(7, 1);
    auto rest = message.substr(section_0_size);
    while (rest != "7777") {
        const auto section = next_section(rest);
        read_section(section.bytes(), field);
        if (section.integer(5, 1) == 7) fields.push_back(field);
    }
    return fields;
}

/// The message at the start of `rest`, which is cut off.
std::string_view next_message(std::string_view& rest) {
    if (!rest.starts_with("GRIB")) throw freshet::Error("it does not start with 'GRIB'");
    const auto size = Octets(rest).unsigned_number(9, 8);
    if (size < section_0_size + 4 || size > rest.size()) throw freshet::Error("it ends before its stated length");
    const auto message = rest.substr(0, size);
    if (!message.ends_with("7777")) throw freshet::Error("it does not end with '7777'");
    rest.remove_prefix(size);
    return message;
}

}  // namespace

double Surface::number() const { return static_cast<double>(value) * std::pow(10.0, -scale); }

void read_section(std::string_view bytes, ScannedField& field) {
    const Octets section(bytes);
    const int number = section.integer(5, 1);
    if (number == 1) field.reference = time_at(section, 13);
    if (number == 4) read_product(section, field);
}

void append_fields(std::vector<ScannedField>& all, std::vector<ScannedField> fields, int number) {
    if (fields.empty()) throw freshet::Error("it holds no field");
    for (std::size_t i = 0; i < fields.size(); ++i) {
        fields[i].message = number;
        fields[i].submessage = fields.size() == 1 ? 0 : static_cast<int>(i) + 1;
        all.push_back(fields[i]);
    }
}

std::vector<ScannedField> scan(std::string_view bytes, std::string_view file) {
    std::vector<ScannedField> all;
    auto rest = bytes;
    for (int number = 1; !rest.empty(); ++number) {
        const auto offset = bytes.size() - rest.size();
        try {
            append_fields(all, fields_of(next_message(rest), offset), number);
        } catch (const freshet::Error& error) {
            throw freshet::Error(fmt::format("scanning '{}': message {} at byte {} cannot be read: {}", file, number,
                                             offset, error.what()));
        }
    }
    return all;
}

}  // namespace gfs::idx
