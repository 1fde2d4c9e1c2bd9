// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/page_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace freshet::scheduler::page {

namespace {

/// The parts of the bar from left to right, and the words for them.
struct Part {
    std::string_view label;
    std::string_view css_class;
    std::array<Status, 2> statuses;
};

constexpr std::array<Part, 5> parts = {{
    {"done", "good", {Status::done, Status::done}},
    {"running", "busy", {Status::running, Status::batch_running}},
    {"failed", "bad", {Status::failed, Status::failed}},
    {"disabled", "bad", {Status::disabled, Status::disabled}},
    {"waiting", "quiet", {Status::pending, Status::unknown}},
}};

std::size_t count(const StatusCounts& counts, const Part& part) {
    const std::size_t first = counts[static_cast<std::size_t>(part.statuses[0])];
    return part.statuses[0] == part.statuses[1] ? first : first + counts[static_cast<std::size_t>(part.statuses[1])];
}

}  // namespace

Html progress_bar(std::optional<double> percentage) {
    if (!percentage) return {};
    const std::string percent = fmt::format("{:.0f}", *percentage);
    return Html::of(element("progress", {{"max", "100"}, {"value", percent}, {"aria-label", "progress"}}, {}), "\u00A0",
                    percent, "\u00A0%");
}

std::string status_summary(const StatusCounts& counts) {
    std::string words;
    for (const Part& part : parts)
        if (const std::size_t number = count(counts, part); number > 0)
            words += fmt::format("{}{} {}", words.empty() ? "" : ", ", with_thousands(number), part.label);
    return words;
}

Html status_bar(const StatusCounts& counts) {
    const auto total =
        static_cast<double>(std::max<std::size_t>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}), 1));
    Html shares;
    double at = 0;
    for (const Part& part : parts) {
        const double width = 100 * static_cast<double>(count(counts, part)) / total;
        if (width == 0) continue;
        shares.append(element("rect",
                              {{"x", fmt::format("{:.2f}", at)},
                               {"width", fmt::format("{:.2f}", width)},
                               {"height", "4"},
                               {"class", std::string(part.css_class)}},
                              {}));
        at += width;
    }
    // The words beside it say the same, so it is nothing to be read out.
    return tag("svg",
               {{"class", "bar"}, {"viewBox", "0 0 100 4"}, {"preserveAspectRatio", "none"}, {"aria-hidden", "true"}},
               shares);
}

}  // namespace freshet::scheduler::page
