// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/task_span.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace freshet::run {

namespace {

constexpr std::size_t max_length = 200;     // as Luigi: more than a line or two helps nobody
constexpr std::size_t max_compared = 1000;  // the end of a large run should not take longer than its planning

struct Range {
    std::string_view name;
    std::string first, last;
};

bool is_number(const std::string& text) {
    const auto digits = text.starts_with('-') ? text.substr(1) : text;
    return !digits.empty() && digits.size() < 18 && digits.find_first_not_of("0123456789") == digits.npos;
}

bool comes_before(const std::string& a, const std::string& b) {
    return is_number(a) && is_number(b) ? std::stoll(a) < std::stoll(b) : a < b;
}

/// The one parameter in which the tasks differ; nullopt when there are more.
std::optional<Range> only_difference(const std::vector<AnyTask>& tasks) {
    std::vector<Values> all;
    for (const AnyTask& task : tasks) all.push_back(task.values());
    std::optional<Range> range;
    for (const Parameter& p : tasks.front().type().parameters) {
        if (!p.is_in_id()) continue;
        const auto value = [&](const Values& values) -> const std::string& { return values.find(p.name)->second; };
        const auto [min, max] = std::ranges::minmax_element(all, comes_before, value);
        if (value(*min) == value(*max)) continue;
        if (range) return std::nullopt;
        range = Range{p.name, value(*min), value(*max)};
    }
    return range;
}

/// As description() would say it, without what has its default.
std::string format_with_range(const AnyTask& task, const Range& range) {
    std::string text;
    const Values values = task.values();
    for (const Parameter& p : task.type().parameters) {
        if (!p.is_in_id()) continue;
        const bool differs = p.name == range.name;
        const std::string& value = values.find(p.name)->second;
        if (!differs && !p.is_required && value == p.write(task.type().defaults())) continue;
        text += fmt::format("{}{}={}", text.empty() ? "" : ", ", p.name,
                            differs ? fmt::format("{}...{}", range.first, range.last) : value);
    }
    return fmt::format("{}({})", task.type().family, text);
}

}  // namespace

std::string format_task_range(const std::vector<AnyTask>& tasks) {
    const std::string first = tasks.front().description();
    if (first.size() > max_length) return fmt::format("{}(...)", tasks.front().type().family);
    if (tasks.size() == 1) return first;
    if (tasks.size() == 2) return fmt::format("{} and {}", first, tasks.back().description());
    const auto range = tasks.size() <= max_compared ? only_difference(tasks) : std::nullopt;
    return range ? format_with_range(tasks.front(), *range) : first + " ...";
}

}  // namespace freshet::run
