// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/selection.hpp"

#include "upstream/words.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {
namespace {

constexpr std::string_view statistics[] = {"instant", "acc", "ave", "max", "min"};

[[noreturn]] void reject(std::string_view text, std::string_view reason) {
    throw freshet::ParameterError(
        fmt::format("'{}' is not a pattern like 'UGRD:10 m above ground' or 'APCP:surface:acc': {}", text, reason));
}

void check_statistic(std::string_view statistic, std::string_view text) {
    if (statistic.find('*') != statistic.npos || std::ranges::find(statistics, statistic) != std::end(statistics))
        return;
    reject(text, fmt::format("'{}' is none of instant, acc, ave, max and min", statistic));
}

}  // namespace

Pattern Pattern::parse(std::string_view text) {
    const auto parts = split(text, ':');
    if (parts.size() > 3) reject(text, fmt::format("it has {} parts, and not name, level and statistic", parts.size()));
    if (std::ranges::count(parts, std::string_view{}) > 0) reject(text, "a part is empty");
    if (parts[0].find_first_of(" ,;") != std::string_view::npos)
        reject(text, fmt::format("'{}' is not a name, which is one word", parts[0]));
    Pattern pattern{.name = std::string(parts[0])};
    if (parts.size() > 1) pattern.level = LevelPattern::parse(parts[1]);
    if (parts.size() > 2) {
        check_statistic(parts[2], text);
        pattern.statistic = std::string(parts[2]);
    }
    return pattern;
}

std::string Pattern::text() const {
    const std::string where = fmt::format("{}:{}", name, level.text());
    return statistic == "*" ? where : fmt::format("{}:{}", where, statistic);
}

bool Pattern::matches(const Entry& entry) const {
    return matches_glob(entry.name, name) && level.matches(entry.level) &&
           matches_glob(gfs::statistic(entry), statistic);
}

Selection Selection::parse(std::string_view text, Levels levels) {
    if (text == "portal") return Selection(portal_patterns(), std::move(levels));
    if (text == "all") return Selection({Pattern{}}, std::move(levels));
    if (text.find(':') == text.npos) {
        throw freshet::ParameterError(fmt::format(
            "there is no selection of variables named '{}', nor such a file; it is 'portal', 'all', a file of "
            "patterns, or patterns like 'TMP:*;UGRD:10 m above ground'",
            text));
    }
    std::vector<Pattern> patterns;
    for (const auto part : split(text, ';')) patterns.push_back(Pattern::parse(part));
    return Selection(std::move(patterns), std::move(levels));
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

std::vector<std::string> Selection::unmatched_patterns(const Inventory& inventory) const {
    std::vector<std::string> unmatched;
    for (const Pattern& pattern : patterns_) {
        if (std::ranges::none_of(inventory.entries(), [&](const Entry& entry) { return pattern.matches(entry); }))
            unmatched.push_back(pattern.text());
    }
    return unmatched;
}

}  // namespace gfs
