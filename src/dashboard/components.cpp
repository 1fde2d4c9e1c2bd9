// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/components.hpp"

#include "base/time.hpp"
#include "base/url_encoding.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace freshet::dashboard {

namespace {

using namespace std::chrono_literals;

/// Segment of the status bar, from left to right, with its label.
struct Segment {
    std::string_view label;
    std::string_view css_class;
    std::array<Status, 2> statuses;
};

constexpr std::array<Segment, 5> segments = {{
    {"done", "good", {Status::done, Status::done}},
    {"running", "busy", {Status::running, Status::batch_running}},
    {"failed", "bad", {Status::failed, Status::failed}},
    {"disabled", "bad", {Status::disabled, Status::disabled}},
    {"waiting", "quiet", {Status::pending, Status::unknown}},
}};

std::size_t count(const StatusCounts& counts, const Segment& segment) {
    const std::size_t first = counts[static_cast<std::size_t>(segment.statuses[0])];
    return segment.statuses[0] == segment.statuses[1] ? first
                                                      : first + counts[static_cast<std::size_t>(segment.statuses[1])];
}

constexpr std::array<std::string_view, 5> severity_texts = {"ok", "active", "warning", "error", "neutral"};
constexpr std::array<std::string_view, 5> css_classes = {"good", "busy", "waiting", "bad", "quiet"};

std::string time_of_day(Time time, Time now) {
    const std::string whole = rfc3339(time);
    const bool is_today = whole.substr(0, 10) == rfc3339(now).substr(0, 10);
    return is_today ? whole.substr(11, 8) : whole.substr(0, 10) + " " + whole.substr(11, 5);
}

}  // namespace

std::string_view text_of(Severity severity) { return severity_texts[static_cast<std::size_t>(severity)]; }

std::string css_class(Severity severity) { return std::string(css_classes[static_cast<std::size_t>(severity)]); }

Html severity_box(Severity severity, const Html& content) {
    return tag("div", {{"class", "health " + css_class(severity)}}, content);
}

Severity severity_of(Status status) {
    switch (status) {
        case Status::done:
            return Severity::ok;
        case Status::running:
        case Status::batch_running:
            return Severity::active;
        case Status::failed:
        case Status::disabled:
            return Severity::error;
        default:
            return Severity::neutral;
    }
}

Severity severity_of(const StatusCounts& counts) {
    const auto any = [&](Status status) { return counts[static_cast<std::size_t>(status)] > 0; };
    for (const Status status : {Status::failed, Status::running, Status::batch_running, Status::pending})
        if (any(status) || (status == Status::failed && any(Status::disabled))) return severity_of(status);
    return any(Status::unknown) ? Severity::neutral : Severity::ok;
}

Html badge(Severity severity, std::string_view label) {
    return tag("span", {{"class", "badge " + css_class(severity)}}, label);
}

Html badge(Status status) { return badge(severity_of(status), label_of(status)); }

std::string_view label_of(Status status) {
    return status == Status::batch_running ? std::string_view("IN BATCH") : rpc::text(status);
}

std::string format_duration(Time::duration duration) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(duration < 0s ? -duration : duration);
    if (seconds < 1min) return fmt::format("{} s", seconds.count());
    if (seconds < 1h) return fmt::format("{} min", seconds / 1min);
    if (seconds < 24h) return fmt::format("{} h {:02} min", seconds / 1h, seconds % 1h / 1min);
    return fmt::format("{} d {} h", seconds / 24h, seconds % 24h / 1h);
}

std::string format_short_duration(Time::duration duration) {
    return readable_duration(std::chrono::floor<std::chrono::milliseconds>(duration));
}

Html time_and_age(Time time, Time now) {
    const std::string age = time - now >= 1s   ? "in " + format_duration(time - now)
                            : now - time >= 1s ? format_duration(now - time) + " ago"
                                               : "now";
    return Html::of(tag("time", {{"datetime", scheduler::format_time(time)}}, time_of_day(time, now)), " ",
                    tag("span", {{"class", "age"}}, age));
}

std::string with_thousands(std::size_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
    return digits;
}

std::string pluralized(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", with_thousands(count), count == 1 ? one : many);
}

std::string parameters_in(const std::string& name) {
    const auto begin = name.find('(');
    if (begin == std::string::npos || !name.ends_with(')') || begin + 2 >= name.size()) return name;
    return name.substr(begin + 1, name.size() - begin - 2);
}

std::string page_address(std::string_view folder, const std::string& id) {
    return id == "." || id == ".." || id.empty() ? "" : std::string(folder) + percent_encoded(id);
}

Html link_to(const TaskRef& task, std::string_view folder) {
    const std::string address = page_address(folder, task.id);
    if (address.empty()) return tag("span", {{"class", "task"}}, task.name);
    return tag("a", {{"class", "task"}, {"href", address}}, task.name);
}

Html with_link(const std::string& sentence, const std::optional<TaskRef>& named, std::string_view folder) {
    const auto begin = named ? sentence.find(named->name) : sentence.npos;
    if (begin == sentence.npos) return sentence;
    return Html::of(sentence.substr(0, begin), link_to(*named, folder), sentence.substr(begin + named->name.size()));
}

Html section(Literal id, const Html& heading, const Html& content) {
    const std::string name = std::string(id.text()) + "-heading";
    return Html::of(Html::markup("\n"),
                    tag("section", {{"id", std::string(id.text())}, {"aria-labelledby", name}}, Html::markup("\n"),
                        tag("h2", {{"id", name}}, heading), Html::markup("\n"), content));
}

Html and_more(std::size_t shown, std::size_t total, std::string_view what) {
    if (total <= shown) return {};
    return tag("p", {{"class", "more"}}, fmt::format("and {} more {}", with_thousands(total - shown), what));
}

void Table::add(const std::vector<Html>& cells) {
    Html row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string kind = cells[i].empty() ? "none" : columns_[i].is_number ? "number" : "text";
        row.append(
            tag("td", {{"role", "cell"}, {"class", kind}, {"data-label", std::string(columns_[i].label)}}, cells[i]));
    }
    rows_.append(tag("tr", {{"role", "row"}}, row)).append(Html::markup("\n"));
}

Html Table::html() const {
    Html heads;
    for (const Column& column : columns_)
        heads.append(tag("th",
                         {{"role", "columnheader"}, {"scope", "col"}, {"class", column.is_number ? "number" : "text"}},
                         column.label));
    // The roles keep it a table for screen readers where the style sheet displays it as a list of cards.
    return tag("table", {{"role", "table"}, {"class", std::string(kind_.text())}},
               tag("caption", Html::markup(caption_)), Html::markup("\n"),
               tag("thead", {{"role", "rowgroup"}}, tag("tr", {{"role", "row"}}, heads)), Html::markup("\n"),
               tag("tbody", {{"role", "rowgroup"}}, rows_));
}

Html progress_bar(std::optional<double> percentage) {
    if (!percentage) return {};
    const std::string percent = fmt::format("{:.0f}", *percentage);
    return Html::of(element("progress", {{"max", "100"}, {"value", percent}, {"aria-label", "progress"}}, {}), "\u00A0",
                    percent, "\u00A0%");
}

std::string status_summary(const StatusCounts& counts) {
    std::string words;
    for (const Segment& segment : segments)
        if (const std::size_t number = count(counts, segment); number > 0)
            words += fmt::format("{}{} {}", words.empty() ? "" : ", ", with_thousands(number), segment.label);
    return words;
}

Html status_bar(const StatusCounts& counts) {
    const auto total =
        static_cast<double>(std::max<std::size_t>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}), 1));
    Html shares;
    double at = 0;
    for (const Segment& segment : segments) {
        const double width = 100 * static_cast<double>(count(counts, segment)) / total;
        if (width == 0) continue;
        shares.append(element("rect",
                              {{"x", fmt::format("{:.2f}", at)},
                               {"width", fmt::format("{:.2f}", width)},
                               {"height", "4"},
                               {"class", std::string(segment.css_class)}},
                              {}));
        at += width;
    }
    // Hidden from screen readers: status_summary() beside it has the same content.
    return tag("svg",
               {{"class", "bar"}, {"viewBox", "0 0 100 4"}, {"preserveAspectRatio", "none"}, {"aria-hidden", "true"}},
               shares);
}

}  // namespace freshet::dashboard
