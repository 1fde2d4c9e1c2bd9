// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/selection.hpp"

#include "grib/cf_table.hpp"
#include "grib/renamed_parameters.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>

namespace gfs {
namespace {

struct Quantity {
    std::string_view name;
    std::string_view level;
};

/// A quantity that a forecast has twice (instant and average, bucket and run total) selects both.
constexpr Quantity portal[] = {
    {"PRMSL", "mean sea level"},
    {"PRES", "surface"},
    {"TMP", "surface"},
    {"TMP", "2 m above ground"},
    {"DPT", "2 m above ground"},
    {"RH", "2 m above ground"},
    {"SPFH", "2 m above ground"},
    {"TMAX", "2 m above ground"},
    {"TMIN", "2 m above ground"},
    {"UGRD", "10 m above ground"},
    {"VGRD", "10 m above ground"},
    {"UGRD", "100 m above ground"},
    {"VGRD", "100 m above ground"},
    {"GUST", "surface"},
    {"VIS", "surface"},
    {"PRATE", "surface"},
    {"APCP", "surface"},
    {"ACPCP", "surface"},
    {"CRAIN", "surface"},
    {"CSNOW", "surface"},
    {"CFRZR", "surface"},
    {"CICEP", "surface"},
    {"WEASD", "surface"},
    {"SNOD", "surface"},
    {"ICEC", "surface"},
    {"ICETK", "surface"},
    {"LAND", "surface"},
    {"*CDC", "low cloud layer"},  // TCDC before v16, LCDC since
    {"*CDC", "middle cloud layer"},
    {"*CDC", "high cloud layer"},
    {"TCDC", "entire atmosphere*"},  // its level changed with v16; both spellings mean the whole column
    {"PWAT", "entire atmosphere*"},
    {"CAPE", "surface"},
    {"CIN", "surface"},
    {"HPBL", "surface"},
    {"DSWRF", "surface"},
    {"USWRF", "surface"},
    {"DLWRF", "surface"},
    {"ULWRF", "surface"},
    {"LHTFL", "surface"},
    {"SHTFL", "surface"},
    {"UFLX", "surface"},
    {"VFLX", "surface"},
};
static_assert(std::size(portal) == 43);

/// The levels that inventories of GFS v16 have at lead 7 and not at lead 0.
constexpr std::string_view levels_of_forecasts[] = {"boundary layer cloud layer", "convective cloud bottom level",
                                                    "convective cloud layer",     "convective cloud top level",
                                                    "low cloud bottom level",     "low cloud top level",
                                                    "middle cloud bottom level",  "middle cloud top level",
                                                    "high cloud bottom level",    "high cloud top level",
                                                    "top of atmosphere"};

constexpr std::string_view statistics[] = {"instant", "acc", "ave", "max", "min"};

[[noreturn]] void reject(std::string_view text, std::string_view reason) {
    throw freshet::ParameterError(
        fmt::format("'{}' is not a pattern like 'UGRD:10 m above ground' or 'APCP:surface:acc': {}", text, reason));
}

void check_statistic(std::string_view statistic, std::string_view text) {
    if (statistic.find('*') != statistic.npos || std::ranges::find(statistics, statistic) != std::end(statistics))
        return;
    reject(text, fmt::format("'{}' is not a statistic: expected instant, acc, ave, max or min", statistic));
}

std::vector<Pattern> without_match(std::vector<Pattern> patterns, const Inventory& inventory) {
    std::erase_if(patterns, [&](const Pattern& pattern) {
        return std::ranges::any_of(inventory.entries(), [&](const Entry& entry) { return pattern.matches(entry); });
    });
    return patterns;
}

}  // namespace

Pattern Pattern::parse(std::string_view text) {
    const auto parts = freshet::split_trimmed(text, ':');
    if (parts.size() > 3)
        reject(text, fmt::format("it has {} parts; expected name, level and statistic", parts.size()));
    if (std::ranges::count(parts, std::string_view{}) > 0) reject(text, "a part is empty");
    if (parts[0].find_first_of(" ,;") != std::string_view::npos)
        reject(text, fmt::format("'{}' is not a name of one word", parts[0]));
    Pattern pattern{.name = parts[0]};
    if (parts.size() > 1) pattern.level = LevelPattern::parse(parts[1]);
    if (parts.size() > 2) {
        check_statistic(parts[2], text);
        pattern.statistic = parts[2];
    }
    return pattern;
}

std::string Pattern::text() const {
    const std::string where = fmt::format("{}:{}", name, level.text());
    return statistic == "*" ? where : fmt::format("{}:{}", where, statistic);
}

bool Pattern::matches(const Entry& entry) const {
    return matches_name(entry.name) && level.matches(entry.level) && matches_glob(gfs::statistic(entry), statistic);
}

bool Pattern::matches_name(std::string_view inventory_name) const {
    if (matches_glob(inventory_name, name)) return true;
    return std::ranges::any_of(renamed_parameters, [&](const RenamedParameter& each) {
        if (!each.level.empty() && each.level != level.text()) return false;
        return (each.former == inventory_name && matches_glob(each.present, name)) ||
               (each.present == inventory_name && matches_glob(each.former, name));
    });
}

Selection Selection::parse(std::string_view text, Levels levels) {
    if (text == "portal") return Selection(portal_patterns(), std::move(levels));
    if (text == "all") return Selection({Pattern{}}, std::move(levels));
    if (text.find(':') == text.npos) {
        throw freshet::ParameterError(fmt::format(
            "'{}' is neither a selection of variables nor a file: expected 'portal', 'all', a file of patterns, or "
            "patterns like 'TMP:*;UGRD:10 m above ground'",
            text));
    }
    std::vector<Pattern> patterns;
    for (const auto& part : freshet::split_trimmed(text, ';')) patterns.push_back(Pattern::parse(part));
    return Selection(std::move(patterns), std::move(levels));
}

std::string Selection::read_file(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::set<std::string> texts;  // sorted: equal selections have equal text
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        const auto text = freshet::trimmed(std::string_view(line).substr(0, line.find('#')));
        if (text.empty()) continue;
        try {
            texts.insert(Pattern::parse(text).text());
        } catch (const freshet::ParameterError& error) {
            throw freshet::ParameterError(fmt::format("'{}' line {}: {}", path.string(), number, error.what()));
        }
    }
    if (!in.eof())
        throw freshet::ParameterError(fmt::format("read variables from '{}': {}", path.string(), std::strerror(errno)));
    if (texts.empty())
        throw freshet::ParameterError(fmt::format("read variables from '{}': no line has a pattern", path.string()));
    return fmt::format("{}", fmt::join(texts, ";"));
}

std::vector<Entry> Selection::select(const Inventory& inventory) const {
    std::vector<Entry> selected;
    std::ranges::copy_if(inventory.entries(), std::back_inserter(selected),
                         [this](const Entry& e) { return matches(e); });
    return selected;
}

bool Selection::matches(const Entry& entry) const {
    return levels_.contains(entry.level) &&
           std::ranges::any_of(patterns_, [&entry](const Pattern& pattern) { return pattern.matches(entry); });
}

std::vector<Entry> Selection::select_accumulations(const Inventory& inventory) const {
    std::vector<Entry> sums = select(inventory);
    std::erase_if(sums, [](const Entry& entry) { return gfs::statistic(entry) != "acc" && entry.name != "SUNSD"; });
    return sums;
}

std::vector<Pattern> Selection::unmatched_patterns(const Inventory& inventory) const {
    return without_match(patterns_, inventory);
}

std::vector<Pattern> Selection::unmatched_levels(const Inventory& inventory) const {
    std::vector<Pattern> any_field;
    for (const LevelPattern& level : levels_.patterns()) any_field.push_back({.level = level});
    return without_match(std::move(any_field), inventory);
}

bool may_be_absent_from_analyses(const Pattern& pattern) {
    if (pattern.name == "*" && (pattern.statistic == "*" || pattern.statistic == "instant"))
        return std::ranges::any_of(levels_of_forecasts, [&](auto level) { return pattern.level.matches(level); });
    return std::ranges::any_of(CfTable::built_in().names(),
                               [&](const ParameterName& each) { return pattern.matches_name(each.name); });
}

std::vector<Pattern> portal_patterns() {
    std::vector<Pattern> patterns;
    for (const Quantity& each : portal) {
        patterns.push_back({.name = std::string(each.name), .level = LevelPattern::parse(each.level)});
    }
    return patterns;
}

}  // namespace gfs
