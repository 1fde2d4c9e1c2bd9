// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/clone.hpp"

#include "grib/sections.hpp"
#include "inventory/inventory.hpp"
#include "inventory/product_layout.hpp"
#include "simulator/inventory_fields.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <tuple>

namespace gfs::simulator {
namespace {

/// Cuts the message at the start off `rest`; nothing where it is not whole.
std::optional<std::string_view> next_message(std::string_view& rest) {
    const auto length = stated_length(octets_of(rest));
    const auto message = rest.substr(0, length.value_or(0));
    if (!length || message.size() != *length || !message.ends_with("7777")) return std::nullopt;
    rest.remove_prefix(message.size());
    return message;
}

std::uint64_t point_count(std::string_view message) { return number_at(section_of(octets_of(message), 3), 7, 4); }

/// A surface without a value may be encoded as missing or as 0.
bool is_same_surface(const Surface& a, const Surface& b) {
    return a.type == b.type && a.value.value_or(0) == b.value.value_or(0);
}

bool is_same_level(const Level& a, const Level& b) {
    return is_same_surface(a.first, b.first) && a.second.has_value() == b.second.has_value() &&
           (!a.second || is_same_surface(*a.second, *b.second));
}

/// The same parameter, level and time after the reference time.
bool is_same_field(const ScannedField& a, const ScannedField& b) {
    return a.parameter == b.parameter && is_same_level(a.level, b.level) && a.validity.process == b.validity.process &&
           a.validity.begin - a.reference_time == b.validity.begin - b.reference_time &&
           a.validity.end - a.reference_time == b.validity.end - b.reference_time;
}

/// The distance of two sizes in steps of an eighth octave; smaller differences do not matter.
int size_distance(std::uint64_t size, std::uint64_t wanted) {
    if (wanted == 0) return 0;
    return static_cast<int>(8 * std::abs(std::log2(static_cast<double>(size) / static_cast<double>(wanted))));
}

constexpr std::uint64_t missing_code = 255;

/// Appends numbers to a section in the order of its template.
class OctetWriter {
public:
    OctetWriter& add(std::uint64_t number, std::size_t size) {
        for (std::size_t i = size; i-- > 0;) bytes_ += static_cast<char>(number >> (8 * i) & 0xFFU);
        return *this;
    }
    /// The sign is the first bit, the magnitude the others.
    OctetWriter& add_signed(std::int64_t number, std::size_t size) {
        const auto sign = number < 0 ? std::uint64_t{1} << (8 * size - 1) : 0;
        return add(sign | static_cast<std::uint64_t>(std::abs(number)), size);
    }
    OctetWriter& add_time(std::chrono::sys_seconds time) {
        const auto day = std::chrono::floor<std::chrono::days>(time);
        const std::chrono::year_month_day date{day};
        const std::chrono::hh_mm_ss clock{time - day};
        add(static_cast<std::uint64_t>(int{date.year()}), 2)
            .add(unsigned{date.month()}, 1)
            .add(unsigned{date.day()}, 1);
        return add(static_cast<std::uint64_t>(clock.hours().count()), 1)
            .add(static_cast<std::uint64_t>(clock.minutes().count()), 1)
            .add(static_cast<std::uint64_t>(clock.seconds().count()), 1);
    }
    OctetWriter& add_surface(const std::optional<Surface>& surface) {
        const ScaledNumber number = to_scaled(surface && surface->value ? *surface->value : 0);
        return add(surface ? static_cast<std::uint64_t>(surface->type) : missing_code, 1)
            .add_signed(number.scale, 1)
            .add_signed(number.value, 4);
    }
    /// Frames the octets as a section, with its length and number.
    std::string section(std::uint64_t number) const {
        return OctetWriter().add(bytes_.size() + 5, 4).add(number, 1).bytes_ + bytes_;
    }
    const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

/// Template 4.0, or 4.8 for an interval.
std::string product_section(const ScannedField& field) {
    constexpr std::uint64_t forecast = 2, analysis_process = 81, forecast_process = 96, hours = 1, until_same_end = 2;
    const auto hours_between = [](std::chrono::sys_seconds from, std::chrono::sys_seconds to) {
        return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::hours>(to - from).count());
    };
    const Validity& validity = field.validity;
    const bool is_analysis = !validity.process && validity.begin == field.reference_time;
    OctetWriter octets;
    octets.add(0, 2).add(validity.process ? 8 : 0, 2);
    octets.add(static_cast<std::uint64_t>(field.parameter.category), 1);
    octets.add(static_cast<std::uint64_t>(field.parameter.number), 1);
    octets.add(forecast, 1).add(0, 1).add(is_analysis ? analysis_process : forecast_process, 1).add(0, 3);
    octets.add(hours, 1).add(hours_between(field.reference_time, validity.begin), 4);
    octets.add_surface(field.level.first).add_surface(field.level.second);
    if (!validity.process) return octets.section(4);
    octets.add_time(validity.end).add(1, 1).add(0, 4);
    octets.add(static_cast<std::uint64_t>(*validity.process), 1).add(until_same_end, 1);
    octets.add(hours, 1).add(hours_between(validity.begin, validity.end), 4).add(missing_code, 1).add(0, 4);
    return octets.section(4);
}

std::string with_reference_time(std::string section_1, std::chrono::sys_seconds time) {
    constexpr std::size_t before = 12;  // the time has octets 13 to 19
    return section_1.replace(before, 7, OctetWriter().add_time(time).bytes());
}

/// 0 where the inventory does not tell: for its last message, and when it was not made from a file.
std::uint64_t message_size(const Inventory& inventory, std::uint64_t offset) {
    constexpr std::uint64_t smallest_message = 100;
    const auto size = inventory.end_of(offset).value_or(offset) - offset;
    return size < smallest_message ? 0 : size;
}

}  // namespace

void MessagePool::add_file(std::string_view grib) {
    while (const auto message = next_message(grib)) {
        const auto fields = scan(*message, "pool");
        if (fields.size() != 1 || point_count(*message) != grid_.size()) continue;
        messages_.push_back({.bytes = std::string(*message), .field = fields.front()});
    }
}

void MessagePool::add_folder(const std::filesystem::path& folder) {
    if (!std::filesystem::is_directory(folder))
        throw freshet::Error(fmt::format("read messages from '{}': it is not a folder", folder.string()));
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);  // the same clones on every machine
    for (const auto& file : files) add_file(freshet::read_file(file));
    if (!messages_.empty()) return;
    throw freshet::Error(fmt::format("no GRIB2 message in '{}' is alone in its message and on a grid of {} x {} points",
                                     folder.string(), grid_.columns, grid_.rows));
}

const std::string& MessagePool::best_match(const ScannedField& field, std::uint64_t size) {
    const auto rank = [&](const Message& message) {
        return std::tuple(!is_same_field(message.field, field), size_distance(message.bytes.size(), size),
                          message.field.parameter != field.parameter, message.used);
    };
    auto& best = *std::ranges::min_element(messages_, {}, rank);
    ++best.used;
    return best.bytes;
}

std::string rewrite_message(std::string_view message, const ScannedField& field) {
    constexpr std::size_t indicator_length = 16, end_length = 4;
    MemoryReader reader(octets_of(message));
    std::string body;
    walk_message(reader, 0, [&](const SectionLocation& section) {
        const auto content = message.substr(section.offset, section.length);
        if (section.number == 1)
            body += with_reference_time(std::string(content), field.reference_time);
        else if (section.number == 4)
            body += product_section(field);
        else if (section.number != 0)
            body += content;
    });
    OctetWriter head;
    head.add(static_cast<std::uint64_t>(field.parameter.discipline), 1)
        .add(2, 1)
        .add(indicator_length + body.size() + end_length, 8);
    return std::string(message.substr(0, 6)) + head.bytes() + body + "7777";
}

std::uint64_t publish_clone(const std::filesystem::path& folder, const FileKey& key, const Inventory& like,
                            MessagePool& pool) {
    const auto path = grib_path(key);
    freshet::create_folders((folder / path).parent_path());
    freshet::PendingFile file(folder / path);
    std::vector<ScannedField> fields;
    std::uint64_t size = 0;
    for (auto field : inventory_fields(like, key)) {
        const auto message = rewrite_message(pool.best_match(field, message_size(like, field.offset)), field);
        file.append(message);
        field.offset = size;
        field.message = static_cast<int>(fields.size()) + 1;
        field.submessage = 0;
        fields.push_back(field);
        size += message.size();
    }
    file.set_modification_time(publication_time(key));
    file.commit();
    write_file(folder / index_path(key), inventory_of(fields).text(), publication_time(key));
    return size;
}

}  // namespace gfs::simulator
