// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/page_layout.hpp"

#include "base/time.hpp"
#include "base/url_encoding.hpp"
#include "dashboard/stylesheet.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

#include <array>

namespace freshet::scheduler::page {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 5> css_classes = {"good", "busy", "waiting", "bad", "quiet"};

std::string css_class(Severity severity) { return std::string(css_classes[static_cast<std::size_t>(severity)]); }

/// A dot in the colour of the severity, for the browser's tab.
std::string icon(Severity severity) {
    constexpr std::array<std::string_view, 5> colours = {"1a7f4b", "1f6feb", "b7791f", "d1242f", "6e7781"};
    return "data:image/svg+xml," +
           percent_encoded(fmt::format("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
                                       "<circle cx='8' cy='8' r='7' fill='#{}'/></svg>",
                                       colours[static_cast<std::size_t>(severity)]));
}

/// A start tag without an end.
Html meta(Attributes attributes) {
    Html html = Html::markup("<meta");
    for (const auto& [name, value] : attributes) {
        html.append(Html::markup(" ")).append(Html(name.text())).append(Html::markup("=\"")).append(Html(value));
        html.append(Html::markup("\""));
    }
    return html.append(Html::markup(">\n"));
}

Html head_of(const PageHeader& header) {
    Html refresh;
    if (header.refresh)
        refresh = meta({{"http-equiv", "refresh"}, {"content", std::to_string(header.refresh->count())}});
    return tag("head", meta({{"charset", "utf-8"}}),
               meta({{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}),
               meta({{"name", "color-scheme"}, {"content", "light dark"}}),
               meta({{"name", "robots"}, {"content", "noindex"}}), refresh, tag("title", header.title),
               Html::markup("\n<link rel=\"icon\" href=\""), icon(header.severity), Html::markup("\">\n<style>"),
               stylesheet(), Html::markup("</style>\n"));
}

std::string time_of_day(Time time, Time now) {
    const std::string whole = rfc3339(time);
    const bool is_today = whole.substr(0, 10) == rfc3339(now).substr(0, 10);
    return is_today ? whole.substr(11, 8) : whole.substr(0, 10) + " " + whole.substr(11, 5);
}

}  // namespace

std::string document(const PageHeader& header, const Html& content) {
    const Html home = tag("a", {{"href", header.home}, {"class", "brand"}}, Html::markup("Freshet"));
    const Html taken = tag("p", {{"class", "taken"}}, "as of ",
                           tag("time", {{"datetime", format_time(header.taken)}},
                               rfc3339(header.taken).substr(0, 10) + " " + rfc3339(header.taken).substr(11, 8)),
                           " UTC");
    const Html body =
        tag("body", tag("header", {{"class", "top"}}, home, taken), Html::markup("\n"), tag("main", content),
            Html::markup("\n"), tag("footer", "Freshet " + header.version + " · all times are UTC"));
    return Html::of(Html::markup("<!doctype html>\n"),
                    tag("html", {{"lang", "en"}}, head_of(header), Html::markup("\n"), body), Html::markup("\n"))
        .text();
}

std::string content_security_policy() {
    return fmt::format(
        "default-src 'none'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
        stylesheet_hash());
}

Html severity_box(Severity severity, const Html& content) {
    return tag("div", {{"class", "verdict " + css_class(severity)}}, content);
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

Html badge(Severity severity, std::string_view label) {
    return tag("span", {{"class", "badge " + css_class(severity)}}, label);
}

Html badge(Status status) {
    std::string label(rpc::text(status));
    if (status == Status::batch_running) label = "IN BATCH";
    return badge(severity_of(status), label);
}

std::string format_duration(Time::duration duration) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(duration < 0s ? -duration : duration);
    if (seconds < 1min) return fmt::format("{} s", seconds.count());
    if (seconds < 1h) return fmt::format("{} min", seconds / 1min);
    if (seconds < 24h) return fmt::format("{} h {:02} min", seconds / 1h, seconds % 1h / 1min);
    return fmt::format("{} d {} h", seconds / 24h, seconds % 24h / 1h);
}

Html time_and_age(Time time, Time now) {
    const std::string age = time - now >= 1s   ? "in " + format_duration(time - now)
                            : now - time >= 1s ? format_duration(now - time) + " ago"
                                               : "now";
    return Html::of(tag("time", {{"datetime", format_time(time)}}, time_of_day(time, now)), " ",
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

Html link_to(const TaskRef& task, std::string_view folder) {
    // A browser takes these two for the folder and the one above it, however they are written.
    if (task.id == "." || task.id == ".." || task.id.empty()) return tag("span", {{"class", "task"}}, task.name);
    return tag("a", {{"class", "task"}, {"href", std::string(folder) + percent_encoded(task.id)}}, task.name);
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
    // The roles keep it a table for those who hear it, where the style sheet makes it a list of cards.
    return tag("table", {{"role", "table"}, {"class", std::string(kind_.text())}},
               tag("caption", Html::markup(caption_)), Html::markup("\n"),
               tag("thead", {{"role", "rowgroup"}}, tag("tr", {{"role", "row"}}, heads)), Html::markup("\n"),
               tag("tbody", {{"role", "rowgroup"}}, rows_));
}

}  // namespace freshet::scheduler::page
