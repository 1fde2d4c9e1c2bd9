// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/history_page.hpp"

#include "base/time.hpp"
#include "base/url_encoding.hpp"
#include "dashboard/json_values.hpp"
#include "dashboard/page_layout.hpp"
#include "dashboard/timeline.hpp"
#include "dashboard/view_data.hpp"
#include "freshet/text.hpp"
#include "rpc/error_summary.hpp"

#include <array>
#include <limits>

namespace freshet::dashboard {

namespace {

constexpr std::size_t max_read_message = 4'000;

struct TextField {
    Literal name;   ///< in the address
    Literal label;  ///< in the form
    std::string store::AttemptFilter::*text;
};

constexpr std::array text_fields = {TextField{"family", "Family", &store::AttemptFilter::family},
                                    TextField{"text", "Parameter or id", &store::AttemptFilter::text},
                                    TextField{"error", "Error", &store::AttemptFilter::error}};

struct TimeField {
    Literal name;
    Literal label;
    std::optional<Time> store::AttemptFilter::*time;
};

constexpr std::array time_fields = {TimeField{"since", "Since", &store::AttemptFilter::since},
                                    TimeField{"until", "Until", &store::AttemptFilter::until}};

constexpr std::array<std::string_view, 5> listed_states = {"RUNNING", "DONE", "FAILED", "DISABLED", "LOST"};

Html option_of(std::string_view value, std::string_view label, const std::string& selected) {
    if (value == selected) return tag("option", {{"value", std::string(value)}, {"selected", ""}}, label);
    return tag("option", {{"value", std::string(value)}}, label);
}

Html input_of(Literal name, Literal label, const std::string& value, Literal placeholder) {
    return tag("label", Html::markup(label), " ",
               void_element("input", {{"type", "search"},
                                      {"name", std::string(name.text())},
                                      {"value", value},
                                      {"placeholder", std::string(placeholder.text())}}));
}

Html form_of(const store::AttemptFilter& filter) {
    Html states = option_of("", "any", filter.status);
    for (const std::string_view state : listed_states) states.append(option_of(state, state, filter.status));
    Html fields = tag("label", "State ", tag("select", {{"name", "status"}}, states));
    for (const TextField& field : text_fields) fields.append(input_of(field.name, field.label, filter.*field.text, ""));
    for (const TimeField& field : time_fields)
        fields.append(input_of(field.name, field.label, filter.*field.time ? rfc3339(*(filter.*field.time)) : "",
                               "2026-08-21T06:00:00Z"));
    return tag("form", {{"method", "get"}, {"action", "history"}, {"class", "filter"}, {"role", "search"}}, fields,
               tag("button", Html::markup("Filter")), " ",
               tag("a", {{"href", "history"}}, Html::markup("All attempts")));
}

Html table_of(const HistoryView& view) {
    if (view.page.attempts.empty())
        return tag("p", {{"class", "note"}},
                   view.page.next ? Html::markup("No attempt matches so far.") : Html::markup("No attempt matches."));
    Table table("attempts of-tasks", "Attempts",
                {{"Task"}, {"State"}, {"Attempt", true}, {"Started"}, {"Took", true}, {"Message"}});
    for (const store::AttemptRow& attempt : view.page.attempts)
        table.add({link_to(ref_of(view.names, attempt.task_id), "task/"), badge(severity_of(attempt), attempt.status),
                   std::to_string(attempt.number), time_and_age(attempt.started, view.taken),
                   attempt.ended ? format_short_duration(*attempt.ended - attempt.started) : "",
                   shortened(rpc::error_summary(attempt.message), max_text_length)});
    return table.html();
}

Html pages_note(const HistoryView& view) {
    if (!view.page.next) return {};
    store::AttemptFilter older = view.filter;
    older.before = view.page.next;
    Html note;
    if (view.page.searched_until)
        note = Html::of("Searched back to ", time_and_age(*view.page.searched_until, view.taken), ". ");
    note.append(tag("a", {{"href", history_address(older)}, {"rel", "next"}}, Html::markup("Older attempts")));
    return tag("nav", {{"class", "more"}, {"aria-label", "Pages"}}, note);
}

}  // namespace

store::AttemptFilter read_attempt_filter(PageQuery& query) {
    store::AttemptFilter filter{.status = query.text("status")};
    for (const TextField& field : text_fields) filter.*field.text = query.text(field.name.text());
    for (const TimeField& field : time_fields) filter.*field.time = query.time(field.name.text());
    filter.before = query.integer("after", 1, std::numeric_limits<std::int64_t>::max());
    return filter;
}

std::string history_address(const store::AttemptFilter& filter) {
    FormFields fields;
    if (!filter.status.empty()) fields.emplace_back("status", filter.status);
    for (const TextField& field : text_fields)
        if (!(filter.*field.text).empty()) fields.emplace_back(field.name.text(), filter.*field.text);
    for (const TimeField& field : time_fields)
        if (filter.*field.time) fields.emplace_back(field.name.text(), rfc3339(*(filter.*field.time)));
    if (filter.before) fields.emplace_back("after", std::to_string(*filter.before));
    return fields.empty() ? "history" : "history?" + form_encoded(fields);
}

std::string history_page(const HistoryView& view) {
    const PageHeader header{
        .title = "History · Freshet", .home = "./", .taken = view.taken, .version = view.version, .view = "history"};
    const Html content = view.has_history ? Html::of(table_of(view), pages_note(view))
                                          : tag("p", {{"class", "note"}}, Html::markup("The history cannot be read."));
    return document(header, Html::of(tag("h1", Html::markup("History")), form_of(view.filter), content));
}

Json history_json(const HistoryView& view) {
    const auto attempt_json = [&](const store::AttemptRow& attempt) {
        Json json = json_with_task(attempt, view.names);
        json["message"] = json_or_null(shortened(rpc::readable_message(attempt.message), max_read_message));
        return json;
    };
    return Json::Object{{"as_of", json_of(view.taken)},
                        {"has_history", view.has_history},
                        {"attempts", json_array(view.page.attempts, attempt_json)},
                        {"searched_until", json_of(view.page.searched_until)},
                        {"next_after", view.page.next ? Json(*view.page.next) : Json()}};
}

void serve_history(const Pages& pages, Format format, const api::RequestContext&, const store::AttemptFilter& filter,
                   const http::Responder& respond) {
    respond([&pages, format, filter, options = pages.options(), taken = pages.now()] {
        const auto page = with_state_file(options, [&](store::StateFile& file) {
            return std::optional(store::AttemptSearch(file).find(filter, attempts_per_page));
        });
        const store::AttemptPage found = page.value_or(store::AttemptPage{});
        const HistoryView view{.filter = filter,
                               .page = found,
                               .names = names_of(pages, found.attempts),
                               .has_history = page.has_value(),
                               .taken = taken,
                               .version = options.version};
        return view_response(format, view, history_page, history_json);
    });
}

}  // namespace freshet::dashboard
