// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/timeline.hpp"

#include "base/url_encoding.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace freshet::dashboard {

namespace {

using Attempts = std::vector<const store::AttemptRow*>;

constexpr double width = 1000, lane_height = 12, bar_height = 10, least_bar = 1;

/// The span of all attempts.
struct Span {
    Time begin;
    Time end;

    double x(Time time) const {
        const double whole = std::max(1e-3, std::chrono::duration<double>(end - begin).count());
        return width * std::chrono::duration<double>(time - begin).count() / whole;
    }
};

Time end_of(const store::AttemptRow& attempt, Time now) { return attempt.ended.value_or(now); }

/// Gives each attempt the first lane that is free when it starts. Returns the lanes' number.
std::size_t assign_lanes(const Attempts& attempts, Time now, std::vector<std::size_t>& lanes) {
    std::vector<Time> free_at;
    for (const store::AttemptRow* attempt : attempts) {
        const auto lane = std::ranges::find_if(free_at, [&](Time time) { return time <= attempt->started; });
        lanes.push_back(static_cast<std::size_t>(lane - free_at.begin()));
        if (lane == free_at.end())
            free_at.push_back(end_of(*attempt, now));
        else
            *lane = end_of(*attempt, now);
    }
    return free_at.size();
}

Html bar(const store::AttemptRow& attempt, std::size_t lane, const Span& span, std::string_view tasks, Time now) {
    const double x = span.x(attempt.started);
    const double length = std::max(least_bar, span.x(end_of(attempt, now)) - x);
    const std::string label =
        fmt::format("{}: attempt {} {}, {}", shortened(attempt.task_id, max_text_length), attempt.number,
                    attempt.status, format_short_duration(end_of(attempt, now) - attempt.started));
    const Html shape = tag("rect",
                           {{"x", fmt::format("{:.2f}", x)},
                            {"y", fmt::format("{}", static_cast<double>(lane) * lane_height)},
                            {"width", fmt::format("{:.2f}", length)},
                            {"height", fmt::format("{}", bar_height)},
                            {"class", css_class(severity_of(attempt))}},
                           tag("title", label));
    return tag("a", {{"href", std::string(tasks) + percent_encoded(attempt.task_id)}, {"tabindex", "-1"}}, shape);
}

Html lanes_of_worker(const std::string& worker, const Attempts& attempts, const Span& span, std::string_view tasks,
                     Time now) {
    std::vector<std::size_t> lanes;
    const std::size_t count = assign_lanes(attempts, now, lanes);
    Html bars;
    for (std::size_t i = 0; i < attempts.size(); ++i) bars.append(bar(*attempts[i], lanes[i], span, tasks, now));
    const double height = static_cast<double>(count) * lane_height;
    // The table of attempts beside it tells the same to screen readers.
    return Html::of(tag("h3", tag("code", shortened(worker, max_text_length)), " ",
                        tag("small", pluralized(attempts.size(), "attempt", "attempts"))),
                    tag("svg",
                        {{"class", "timeline"},
                         {"viewBox", fmt::format("0 0 {} {}", width, height)},
                         {"height", fmt::format("{}", height)},
                         {"preserveAspectRatio", "none"},
                         {"aria-hidden", "true"}},
                        bars));
}

}  // namespace

Severity severity_of(const store::AttemptRow& attempt) {
    if (attempt.failure_class == "not_yet" || attempt.failure_class == "throttled") return Severity::warning;
    if (attempt.status == "LOST") return Severity::error;
    return severity_of(rpc::status_from(attempt.status).value_or(Status::unknown));
}

Html timeline(const std::vector<store::AttemptRow>& attempts, std::string_view tasks, Time now) {
    if (attempts.empty()) return {};
    std::map<std::string, Attempts> by_worker;
    Span span{.begin = Time::max(), .end = Time::min()};
    for (const store::AttemptRow& attempt : attempts) {
        span.begin = std::min(span.begin, attempt.started);
        span.end = std::max(span.end, end_of(attempt, now));
        by_worker[attempt.worker].push_back(&attempt);
    }
    Html content = tag("p", {{"class", "axis"}}, time_and_age(span.begin, now), " ",
                       tag("span", format_short_duration(span.end - span.begin)), " ", time_and_age(span.end, now));
    for (auto& [worker, of_worker] : by_worker) {
        std::ranges::stable_sort(of_worker, {}, &store::AttemptRow::started);
        content.append(lanes_of_worker(worker, of_worker, span, tasks, now));
    }
    return tag("div", {{"class", "card"}}, content);
}

}  // namespace freshet::dashboard
