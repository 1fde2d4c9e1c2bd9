// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/wish.hpp"

#include "inventory/level_words.hpp"
#include "inventory/parameter_names.hpp"
#include "simulator/synthetic_fields.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace gfs::simulator {
namespace {

using idx::ScannedField;
using idx::Statistic;

/// Cuts a number off the start of `text`.
std::optional<double> take_number(std::string_view& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// The numbers in `text`, if it is `pattern` with a number for each {:g}.
std::optional<std::vector<double>> match_numbers(std::string_view text, std::string_view pattern) {
    constexpr std::string_view placeholder = "{:g}";
    std::vector<double> numbers;
    while (!pattern.empty()) {
        const auto plain = pattern.substr(0, pattern.find(placeholder));
        if (!text.starts_with(plain)) return std::nullopt;
        text.remove_prefix(plain.size());
        pattern.remove_prefix(plain.size());
        if (pattern.empty()) break;
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        numbers.push_back(*number);
        pattern.remove_prefix(placeholder.size());
    }
    return text.empty() ? std::optional(numbers) : std::nullopt;
}

/// With as few decimals as the number needs.
Surface to_surface(int type, double number) {
    constexpr int most_decimals = 9;
    int scale = 0;
    const auto scaled = [&] { return number * std::pow(10.0, scale); };
    while (scale < most_decimals && std::abs(scaled() - std::round(scaled())) > 1e-6) ++scale;
    return {.type = type, .scale = scale, .value = std::llround(scaled())};
}

void parse_level(std::string_view text, ScannedField& field) {
    for (const auto& words : idx::level_names()) {
        for (const auto pattern : {words.layer, words.single}) {
            const auto numbers = pattern.empty() ? std::nullopt : match_numbers(text, pattern);
            if (!numbers) continue;
            field.first =
                numbers->empty() ? Surface{.type = words.type} : to_surface(words.type, (*numbers)[0] * words.unit);
            if (numbers->size() > 1) field.second = to_surface(words.type, (*numbers)[1] * words.unit);
            return;
        }
    }
    throw freshet::Error(fmt::format("the level '{}' is not known", text));
}

void parse_time(std::string_view text, ScannedField& field) {
    if (text == "anl") return;
    if (const auto instant = match_numbers(text, "{:g} hour fcst")) {
        field.start = static_cast<int>(instant->front());
        return;
    }
    constexpr std::string_view processes[] = {"ave", "acc", "max", "min"};  // table 4.10
    for (int process = 0; process < std::ssize(processes); ++process) {
        for (const auto& [unit, hours] : {std::pair("hour", 1), std::pair("day", 24)}) {
            const auto span = match_numbers(text, fmt::format("{{:g}}-{{:g}} {} {} fcst", unit, processes[process]));
            if (!span) continue;
            field.start = static_cast<int>((*span)[0]) * hours;
            field.statistic = Statistic{.process = process, .end = static_cast<int>((*span)[1]) * hours};
            return;
        }
    }
    throw freshet::Error(fmt::format("the time '{}' is not understood", text));
}

/// Of two parameters with one name the first is that of instants.
Parameter find_parameter(std::string_view name, bool is_instant) {
    std::optional<Parameter> found;
    for (const auto& known : idx::parameter_names()) {
        if (known.name == name && (!found || !is_instant)) found = known.parameter;
    }
    if (!found) throw freshet::Error(fmt::format("the parameter '{}' is not known", name));
    return *found;
}

int lead_of(const std::vector<ScannedField>& fields) {
    const auto instant = std::ranges::find_if(fields, [](const ScannedField& field) { return !field.statistic; });
    return instant == fields.end() ? 0 : instant->start;
}

}  // namespace

ScannedField parse_field(const Entry& entry) {
    ScannedField field{.offset = entry.offset, .message = entry.message, .submessage = entry.submessage};
    try {
        parse_time(entry.time, field);
        parse_level(entry.level, field);
        field.parameter = find_parameter(entry.name, !field.statistic);
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("read line {} of an inventory: {}", entry.message, error.what()));
    }
    return field;
}

std::vector<ScannedField> inventory_fields(const Inventory& inventory, const FileKey& key) {
    std::vector<ScannedField> fields;
    for (const auto& entry : inventory.entries()) fields.push_back(parse_field(entry));
    const int bucket = bucket_start(lead_of(fields));
    std::set<std::string> seen;
    std::vector<ScannedField> adapted;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        auto field = fields[i];
        field.reference = key.cycle;
        if (field.statistic) {
            if (key.lead == 0) continue;
            // In the first bucket it and the run have one span; of two equal lines the second is about the run.
            const auto& entry = inventory.entries()[i];
            const bool is_again = !seen.insert(entry.name + entry.level + entry.time).second;
            field.start = field.start < bucket || is_again ? 0 : bucket_start(key.lead);
            field.statistic->end = key.lead;
        } else {
            field.start = key.lead;
        }
        adapted.push_back(field);
    }
    return adapted;
}

}  // namespace gfs::simulator
