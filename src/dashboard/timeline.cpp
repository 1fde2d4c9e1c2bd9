// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/timeline.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

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

struct Drawing {
    Span span;
    std::set<std::string> chain;
    std::map<const store::AttemptRow*, Time::duration> waits;
    TaskLinks tasks;
    Time now;
};

Html rectangle(double x, double y, double length, double height, const std::string& kind, const Html& content) {
    return tag("rect",
               {{"x", fmt::format("{:.2f}", x)},
                {"y", fmt::format("{}", y)},
                {"width", fmt::format("{:.2f}", length)},
                {"height", fmt::format("{}", height)},
                {"class", kind}},
               content);
}

Html waiting_line(const store::AttemptRow& attempt, double y, const Drawing& drawing) {
    const auto wait = drawing.waits.find(&attempt);
    if (wait == drawing.waits.end()) return {};
    const double begin = drawing.span.x(attempt.started - wait->second);
    return rectangle(begin, y + bar_height / 2 - 1, drawing.span.x(attempt.started) - begin, 2, "wait",
                     tag("title", "waited " + format_short_duration(wait->second)));
}

Html bar(const store::AttemptRow& attempt, std::size_t lane, const Drawing& drawing) {
    const Time end = end_of(attempt, drawing.now);
    const bool is_in_chain = drawing.chain.contains(attempt.task_id);
    const double x = drawing.span.x(attempt.started), y = static_cast<double>(lane) * lane_height;
    const std::string label = fmt::format("{}: attempt {} {}, {}{}", ref_of(drawing.tasks.names, attempt.task_id).name,
                                          attempt.number, attempt.status, format_short_duration(end - attempt.started),
                                          is_in_chain ? ", in the longest chain" : "");
    const std::string kind = css_class(severity_of(attempt)) + (is_in_chain ? " chain" : "");
    const Html shape =
        rectangle(x, y, std::max(least_bar, drawing.span.x(end) - x), bar_height, kind, tag("title", label));
    const std::string address = page_address(drawing.tasks.folder, attempt.task_id);
    return Html::of(waiting_line(attempt, y, drawing),
                    address.empty() ? shape : tag("a", {{"href", address}, {"tabindex", "-1"}}, shape));
}

Html lanes_of_worker(const std::string& worker, const Attempts& attempts, const Drawing& drawing) {
    std::vector<std::size_t> lanes;
    const std::size_t count = assign_lanes(attempts, drawing.now, lanes);
    Html bars;
    for (std::size_t i = 0; i < attempts.size(); ++i) bars.append(bar(*attempts[i], lanes[i], drawing));
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

Html chain_list(const std::vector<std::string>& chain, const TaskLinks& tasks) {
    if (chain.empty()) return {};
    Html list = Html::markup("Framed: the longest chain of tasks, each of which requires the one before it: ");
    constexpr std::size_t max_listed_links = 20;
    for (std::size_t i = 0; i < chain.size() && i < max_listed_links; ++i)
        list.append(i > 0 ? ", " : "").append(link_to(ref_of(tasks.names, chain[i]), tasks.folder));
    return Html::of(tag("p", {{"class", "note"}}, list), and_more(max_listed_links, chain.size(), "tasks"));
}

}  // namespace

std::map<const store::AttemptRow*, Time::duration> waits_of(const std::vector<store::AttemptRow>& attempts,
                                                            const std::vector<std::string>& chain, Time now) {
    std::map<std::string, std::string> links_before;
    for (std::size_t i = 1; i < chain.size(); ++i) links_before.emplace(chain[i], chain[i - 1]);
    Attempts in_order;
    for (const store::AttemptRow& attempt : attempts) in_order.push_back(&attempt);
    std::ranges::stable_sort(in_order, {}, &store::AttemptRow::started);
    std::map<const store::AttemptRow*, Time::duration> waits;
    std::map<std::string_view, Time> ends;
    for (const store::AttemptRow* const attempt : in_order) {
        const auto link = links_before.find(attempt->task_id);
        auto before = ends.find(attempt->task_id);
        if (before == ends.end() && link != links_before.end()) before = ends.find(link->second);
        if (before != ends.end() && before->second < attempt->started)
            waits[attempt] = attempt->started - before->second;
        ends[attempt->task_id] = end_of(*attempt, now);
    }
    return waits;
}

Severity severity_of(const store::AttemptRow& attempt) {
    if (attempt.failure_class == "not_yet" || attempt.failure_class == "throttled") return Severity::warning;
    if (attempt.status == "LOST") return Severity::error;
    return severity_of(rpc::status_from(attempt.status).value_or(Status::unknown));
}

Html timeline(const std::vector<store::AttemptRow>& attempts, const std::vector<std::string>& chain,
              const TaskLinks& tasks, Time now) {
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
    const Drawing drawing{span, {chain.begin(), chain.end()}, waits_of(attempts, chain, now), tasks, now};
    for (auto& [worker, of_worker] : by_worker) {
        std::ranges::stable_sort(of_worker, {}, &store::AttemptRow::started);
        content.append(lanes_of_worker(worker, of_worker, drawing));
    }
    content.append(chain_list(chain, tasks));
    return tag("div", {{"class", "card"}}, content);
}

}  // namespace freshet::dashboard
