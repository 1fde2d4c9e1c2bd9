// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/level_selection.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace gfs {
namespace {

constexpr std::string_view range_mark = "..";

/// Parses the number at the start of `text` and removes it.
std::optional<double> parse_leading_number(std::string_view& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

}  // namespace

bool matches_glob(std::string_view text, std::string_view pattern) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return text == pattern;
    if (!text.starts_with(pattern.substr(0, star))) return false;
    const auto rest = pattern.substr(star + 1);
    for (std::size_t skip = star; skip <= text.size(); ++skip) {
        if (matches_glob(text.substr(skip), rest)) return true;
    }
    return false;
}

LevelPattern LevelPattern::parse(std::string_view text) {
    LevelPattern pattern;
    pattern.text_ = std::string(text);
    const auto mark = text.find(range_mark);
    if (mark == text.npos) return pattern;
    // Split first: "500..1000" begins with the number "500."
    std::string_view first = text.substr(0, mark);
    std::string_view second = freshet::trimmed(text.substr(mark + range_mark.size()));
    const auto from = parse_leading_number(first);
    const auto to = parse_leading_number(second);
    if (!from || !to || !first.empty() || !second.starts_with(' '))
        throw freshet::ParameterError(fmt::format("'{}' is not a range of levels like '500..1000 mb'", text));
    pattern.is_range_ = true;
    std::tie(pattern.low_, pattern.high_) = std::minmax(*from, *to);
    pattern.unit_ = std::string(freshet::trimmed(second));
    pattern.text_ = fmt::format("{}..{} {}", pattern.low_, pattern.high_, pattern.unit_);
    return pattern;
}

bool LevelPattern::matches(std::string_view level) const {
    if (!is_range_) return matches_glob(level, text_);
    const auto value = parse_leading_number(level);
    // In a layer, "30-0 mb above ground", a dash follows the number.
    return value && *value >= low_ && *value <= high_ && level.starts_with(' ') && matches_glob(level.substr(1), unit_);
}

Levels Levels::parse(std::string_view text) {
    Levels levels;
    if (freshet::trimmed(text).empty()) return levels;
    for (const auto& part : freshet::split_trimmed(text, ',')) {
        if (part.empty())
            throw freshet::ParameterError(
                fmt::format("'{}' has an empty part; levels are like 'surface,500..1000 mb'", text));
        levels.patterns_.push_back(LevelPattern::parse(part));
    }
    std::ranges::sort(levels.patterns_);
    const auto repeated = std::ranges::unique(levels.patterns_);
    levels.patterns_.erase(repeated.begin(), repeated.end());
    return levels;
}

bool Levels::contains(std::string_view level) const {
    return patterns_.empty() ||
           std::ranges::any_of(patterns_, [level](const LevelPattern& pattern) { return pattern.matches(level); });
}

std::string Levels::text() const {
    std::vector<std::string_view> texts;
    for (const LevelPattern& pattern : patterns_) texts.push_back(pattern.text());
    return fmt::format("{}", fmt::join(texts, ","));
}

}  // namespace gfs
