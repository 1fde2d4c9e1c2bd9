// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/inventory.hpp"

#include "grib/cf_table.hpp"
#include "grib/level_kinds.hpp"
#include "grib/product_codes.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace gfs {
namespace {

/// A line with its position, for error messages.
struct Line {
    std::string_view file;
    std::size_t number;
    std::string_view text;
};

[[noreturn]] void reject(const Line& line, std::string_view reason) {
    throw freshet::TransientError(
        fmt::format("line {} of inventory '{}' {}: '{}'", line.number, line.file, reason, line.text));
}

template <typename Number>
Number number_from(std::string_view digits, const Line& line, std::string_view what) {
    Number number{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) {
        reject(line, fmt::format("has no {}", what));
    }
    return number;
}

/// Removes the text before the next colon from `rest` and returns it.
std::string_view next_field(std::string_view& rest, const Line& line, std::string_view what) {
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos) reject(line, fmt::format("ends before its {}", what));
    const auto field = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
    return field;
}

void read_number(std::string_view number, const Line& line, Entry& entry) {
    const auto dot = number.find('.');
    entry.message = number_from<int>(number.substr(0, dot), line, "message number");
    if (dot != std::string_view::npos) {
        entry.submessage = number_from<int>(number.substr(dot + 1), line, "submessage number");
    }
}

std::string_view reference_time(std::string_view field, const Line& line) {
    const bool is_time = field.starts_with("d=") && field.size() >= 12 &&
                         std::ranges::all_of(field.substr(2), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_time) reject(line, "has no reference time like d=2025080100");
    return field.substr(2);
}

bool is_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

/// Removes a level from `rest` and returns it: also "level 241:1", an unknown level and its value.
std::string next_level(std::string_view& rest, const Line& line) {
    constexpr std::string_view unknown = "level ";
    std::string level(next_field(rest, line, "level"));
    const bool is_unknown = level.starts_with(unknown) && is_number(std::string_view(level).substr(unknown.size()));
    if (is_unknown && is_number(rest.substr(0, rest.find(':'))))
        level += fmt::format(":{}", next_field(rest, line, "level"));
    return level;
}

Entry entry_from(const Line& line) {
    Entry entry;
    auto rest = line.text;
    read_number(next_field(rest, line, "message number"), line, entry);
    entry.offset = number_from<std::uint64_t>(next_field(rest, line, "offset"), line, "offset");
    entry.reference_time = reference_time(next_field(rest, line, "reference time"), line);
    entry.name = next_field(rest, line, "name");
    entry.level = next_level(rest, line);
    entry.time = next_field(rest, line, "forecast time");
    entry.remarks = rest;
    if (entry.name.empty()) reject(line, "names no variable");
    return entry;
}

std::string line_text(const Entry& entry) {
    const auto number = entry.submessage == 0 ? fmt::format("{}", entry.message)
                                              : fmt::format("{}.{}", entry.message, entry.submessage);
    return fmt::format("{}:{}:d={}:{}:{}:{}:{}\n", number, entry.offset, entry.reference_time, entry.name, entry.level,
                       entry.time, entry.remarks);
}

std::string_view without_carriage_return(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace

Inventory::Inventory(std::vector<Entry> entries) : entries_(std::move(entries)) {
    std::ranges::transform(entries_, std::back_inserter(offsets_), &Entry::offset);
    std::ranges::sort(offsets_);
    offsets_.erase(std::ranges::unique(offsets_).begin(), offsets_.end());
}

Inventory Inventory::parse(std::string_view text, std::string_view file) {
    std::vector<Entry> entries;
    for (std::size_t begin = 0, number = 1; begin < text.size(); ++number) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const auto line = without_carriage_return(text.substr(begin, end - begin));
        if (!line.empty()) entries.push_back(entry_from({file, number, line}));
        begin = end + 1;
    }
    if (entries.empty()) throw freshet::TransientError(fmt::format("the inventory '{}' is empty", file));
    return Inventory(std::move(entries));
}

std::string Inventory::text() const {
    std::string text;
    for (const auto& entry : entries_) text += line_text(entry);
    return text;
}

std::optional<std::uint64_t> Inventory::end_of(std::uint64_t offset) const {
    const auto next = std::ranges::upper_bound(offsets_, offset);
    return next == offsets_.end() ? std::nullopt : std::optional(*next);
}

std::string_view statistic(const Entry& entry) {
    const std::string_view time = entry.time;
    for (const std::string_view kind : {"acc", "ave", "max", "min"}) {
        if (time.ends_with(fmt::format(" {} fcst", kind)) || time.ends_with(fmt::format(" {} anl", kind))) return kind;
    }
    return time == "anl" || time.find('-') == std::string_view::npos ? "instant" : time;
}

std::string parameter_name(const GribParameter& parameter) {
    if (const std::string* const name = CfTable::built_in().find_name(parameter)) return *name;
    return fmt::format("var discipline={} center=7 local_table=1 parmcat={} parm={}", parameter.discipline,
                       parameter.category, parameter.number);
}

Inventory inventory_of(const std::vector<ScannedField>& fields) {
    std::vector<Entry> entries;
    for (const auto& field : fields) {
        entries.push_back({.message = field.message,
                           .submessage = field.submessage,
                           .offset = field.offset,
                           .reference_time = fmt::format("{:%Y%m%d%H}", field.reference_time),
                           .name = parameter_name(field.parameter),
                           .level = level_text(field.level),
                           .time = time_text(field.validity, field.reference_time),
                           .remarks = product_text(field.traits)});
    }
    return Inventory(std::move(entries));
}

}  // namespace gfs
