// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/rewrite.hpp"

#include <cstdlib>

namespace gfs::simulator {
namespace {

constexpr std::size_t section_0_size = 16;
constexpr std::uint64_t missing_code = 255;

std::uint64_t number_at(std::string_view bytes, std::size_t size) {
    std::uint64_t number = 0;
    for (const char byte : bytes.substr(0, size)) number = number << 8U | static_cast<unsigned char>(byte);
    return number;
}

/// Octets in the order of a section's template.
class OctetWriter {
public:
    OctetWriter& add(std::uint64_t number, std::size_t size) {
        for (std::size_t i = size; i-- > 0;) bytes_ += static_cast<char>(number >> (8 * i) & 0xFFU);
        return *this;
    }
    /// GRIB writes the sign as the first bit and the magnitude in the rest.
    OctetWriter& add_signed(std::int64_t number, std::size_t size) {
        const auto sign = number < 0 ? std::uint64_t{1} << (8 * size - 1) : 0;
        return add(sign | static_cast<std::uint64_t>(std::abs(number)), size);
    }
    OctetWriter& add_time(Cycle time) {
        const auto day = std::chrono::floor<std::chrono::days>(time);
        const std::chrono::year_month_day date{day};
        add(static_cast<std::uint64_t>(int{date.year()}), 2)
            .add(unsigned{date.month()}, 1)
            .add(unsigned{date.day()}, 1);
        return add(static_cast<std::uint64_t>((time - day).count()), 1).add(0, 2);
    }
    OctetWriter& add_surface(const idx::Surface& surface) {
        return add(static_cast<std::uint64_t>(surface.type), 1)
            .add_signed(surface.scale, 1)
            .add_signed(surface.value, 4);
    }
    /// As a section of this number, with its length before.
    std::string section(std::uint64_t number) const {
        return OctetWriter().add(bytes_.size() + 5, 4).add(number, 1).bytes_ + bytes_;
    }
    const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

/// Template 4.0, and what 4.8 has beyond it where the field sums up a span of time.
std::string product_section(const idx::ScannedField& field) {
    constexpr std::uint64_t forecast = 2, analysis_process = 81, forecast_process = 96, hours = 1, until_same_end = 2;
    const auto start = static_cast<std::uint64_t>(field.start);
    const bool is_analysis = !field.statistic && field.start == 0;
    OctetWriter octets;
    octets.add(0, 2).add(field.statistic ? 8 : 0, 2);
    octets.add(static_cast<std::uint64_t>(field.parameter.category), 1);
    octets.add(static_cast<std::uint64_t>(field.parameter.number), 1);
    octets.add(forecast, 1).add(0, 1).add(is_analysis ? analysis_process : forecast_process, 1).add(0, 3);
    octets.add(hours, 1).add(start, 4).add_surface(field.first).add_surface(field.second);
    if (!field.statistic) return octets.section(4);
    const auto end = static_cast<std::uint64_t>(field.statistic->end);
    octets.add_time(field.reference + std::chrono::hours(end)).add(1, 1).add(0, 4);
    octets.add(static_cast<std::uint64_t>(field.statistic->process), 1).add(until_same_end, 1);
    octets.add(hours, 1).add(end - start, 4).add(missing_code, 1).add(0, 4);
    return octets.section(4);
}

std::string with_reference_time(std::string section_1, Cycle time) {
    constexpr std::size_t before = 12;  // the time has octets 13 to 19
    return section_1.replace(before, 7, OctetWriter().add_time(time).bytes());
}

}  // namespace

std::string rewrite_message(std::string_view message, const idx::ScannedField& field) {
    std::string body;
    for (auto rest = message.substr(section_0_size); rest != "7777";) {
        const auto section = rest.substr(0, number_at(rest, 4));
        const int number = section[4];
        if (number == 1)
            body += with_reference_time(std::string(section), field.reference);
        else if (number == 4)
            body += product_section(field);
        else
            body += section;
        rest.remove_prefix(section.size());
    }
    OctetWriter head;
    head.add(static_cast<std::uint64_t>(field.parameter.discipline), 1)
        .add(2, 1)
        .add(section_0_size + body.size() + 4, 8);
    return std::string(message.substr(0, 6)) + head.bytes() + body + "7777";
}

}  // namespace gfs::simulator
