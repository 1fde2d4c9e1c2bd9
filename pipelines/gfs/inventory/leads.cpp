// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/leads.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <set>

namespace gfs {
namespace {

std::optional<int> hour_from(std::string_view digits, int most) {
    int hour = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), hour);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    if (hour < 0 || hour > most) return std::nullopt;
    return hour;
}

Leads::Range range_from(std::string_view part, std::string_view text, int most) {
    const auto dash = part.find('-');
    const auto first = hour_from(part.substr(0, dash), most);
    const auto last = dash == std::string_view::npos ? first : hour_from(part.substr(dash + 1), most);
    if (!first || !last) {
        throw freshet::ParameterError(
            fmt::format("'{}' in leads '{}' is not an hour like 24 or a range like 0-12", part, text));
    }
    if (*first > *last) {
        throw freshet::ParameterError(fmt::format("range '{}' in leads '{}' is reversed", part, text));
    }
    return {*first, *last};
}

std::string range_text(const Leads::Range& range) {
    return range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}-{}", range.first, range.last);
}

bool is_range(const Leads::Range& range) { return range.first < range.last; }

/// Returns true when `next`, which starts no earlier, extends `range`.
bool joins(const Leads::Range& range, const Leads::Range& next) {
    if (next.first <= range.last) return true;
    return is_range(range) && is_range(next) && next.first == range.last + 1;
}

}  // namespace

Leads::Leads(std::vector<Range> ranges) {
    std::ranges::sort(ranges);
    for (const auto& range : ranges) {
        if (!ranges_.empty() && joins(ranges_.back(), range)) {
            ranges_.back().last = std::max(ranges_.back().last, range.last);
        } else {
            ranges_.push_back(range);
        }
    }
}

Leads Leads::parse(std::string_view text) {
    if (text == "all") return {};
    std::vector<Range> ranges;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto comma = std::min(text.find(',', begin), text.size());
        ranges.push_back(range_from(text.substr(begin, comma - begin), text, everything.last));
        begin = comma + 1;
    }
    return Leads(std::move(ranges));
}

Leads Leads::from_hours(const std::vector<int>& hours, const Product& product) {
    const std::set<int> selected(hours.begin(), hours.end());
    Leads leads(std::vector<Range>{});
    bool is_open = false;
    for (const int lead : product.leads()) {
        const bool is_selected = selected.contains(lead);
        if (is_selected && is_open) leads.ranges_.back().last = lead;
        if (is_selected && !is_open) leads.ranges_.push_back({lead, lead});
        is_open = is_selected;
    }
    return leads;
}

std::string Leads::text() const {
    if (*this == Leads()) return "all";
    std::string text;
    for (const auto& range : ranges_) text += (text.empty() ? "" : ",") + range_text(range);
    return text;
}

std::vector<int> Leads::hours(const Product& product) const {
    std::set<int> selected;
    const auto all = product.leads();
    for (const auto& range : ranges_) {
        const auto begin = std::ranges::lower_bound(all, range.first);
        const auto end = std::ranges::upper_bound(all, range.last);
        if (begin == end) {
            throw freshet::ParameterError(
                fmt::format("'{}' is not a lead of '{}': {}", range_text(range), product.name,
                            from_hours(all, product).text() + fmt::format(", {} in total", all.size())));
        }
        selected.insert(begin, end);
    }
    return {selected.begin(), selected.end()};
}

}  // namespace gfs
