// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/log_page.hpp"

#include "base/url_encoding.hpp"
#include "dashboard/json_values.hpp"
#include "dashboard/page_layout.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace freshet::dashboard {

namespace {

std::string left_out_note(std::uint64_t bytes) { return fmt::format("... {} bytes before this are left out", bytes); }

bool is_after_cut(const store::LogView& log) {
    return log.left_out > 0 && log.piece.begin == log.cut_begin + log.left_out;
}

/// The offset of the part before this one; nothing if this is the first.
std::optional<std::uint64_t> offset_before(const store::LogView& log) {
    const std::uint64_t begin = log.piece.begin;
    if (begin == 0) return std::nullopt;
    const std::uint64_t end = is_after_cut(log) ? log.cut_begin : begin;
    return end - std::min<std::uint64_t>(end, log_piece_size);
}

Html link_to_part(const LogPageData& data, std::optional<std::uint64_t> offset, Literal label) {
    const LogQuery part{.attempt = data.log.key.number, .run = data.log.key.run_id, .offset = offset};
    return Html::of(tag("a", {{"href", part.address()}}, Html::markup(label)), " ");
}

Html part_links(const LogPageData& data) {
    Html links;
    const auto before = offset_before(data.log);
    if (before) links.append(link_to_part(data, 0, "Begin")).append(link_to_part(data, before, "Earlier"));
    if (!data.is_at_end()) links.append(link_to_part(data, data.log.piece.end, "Later"));
    links.append(link_to_part(data, std::nullopt, "End"));
    const LogQuery text{.attempt = data.log.key.number, .run = data.log.key.run_id, .offset = 0, .is_text = true};
    const std::string file = "../../api/v1/task/" + percent_encoded(data.task_id) + "/" + text.address();
    links.append(tag("a", {{"href", file}}, Html::markup("As text")));
    return tag("nav", {{"class", "more"}, {"aria-label", "Parts of the log"}}, links);
}

Html other_logs(const LogPageData& data) {
    if (data.logs.size() < 2) return {};
    Html links;
    constexpr std::size_t max_links = 30;
    for (std::size_t i = 0; i < data.logs.size() && i < max_links; ++i) {
        const store::AttemptLogKey& key = data.logs[i];
        const std::string label = std::to_string(key.number);
        links.append(" ").append(
            key == data.log.key
                ? tag("b", label)
                : tag("a", {{"href", LogQuery{.attempt = key.number, .run = key.run_id}.address()}}, label));
    }
    return tag("nav", {{"class", "more"}, {"aria-label", "Attempts"}}, Html::markup("Attempts with a log:"), links);
}

}  // namespace

LogQuery LogQuery::read(PageQuery& query) {
    LogQuery part{.run = query.text("run")};
    if (const auto number = query.integer("attempt", 1, std::numeric_limits<int>::max()))
        part.attempt = static_cast<int>(*number);
    if (const auto offset = query.integer("offset", 0, std::numeric_limits<std::int64_t>::max()))
        part.offset = static_cast<std::uint64_t>(*offset);
    part.is_text = query.one_of("format", {"json", "text"}) == "text";
    return part;
}

std::string LogQuery::address() const {
    FormFields fields;
    if (attempt) fields.emplace_back("attempt", std::to_string(*attempt));
    if (!run.empty()) fields.emplace_back("run", run);
    if (offset) fields.emplace_back("offset", std::to_string(*offset));
    if (is_text) fields.emplace_back("format", "text");
    return "log?" + form_encoded(fields);
}

std::string LogPageData::begin_note() const { return is_after_cut(log) ? left_out_note(log.left_out) : ""; }

std::string LogPageData::end_note() const {
    if (!is_at_end() || !attempt) return {};
    if (attempt->status == "LOST") return "the worker was lost; the log ends here";
    return attempt->ended ? "" : "the attempt is running";
}

std::optional<store::AttemptLogKey> find_log(const std::vector<store::AttemptLogKey>& logs, const LogQuery& query) {
    for (const store::AttemptLogKey& key : logs)
        if ((!query.attempt || key.number == *query.attempt) && (query.run.empty() || key.run_id == query.run))
            return key;
    return std::nullopt;
}

std::string log_page(const LogPageData& data) {
    const std::string title = fmt::format("Log of attempt {}", data.log.key.number);
    const std::string task = "../" + percent_encoded(data.task_id);
    const PageHeader header{
        .title = title + " · Freshet", .home = "../../", .taken = data.taken, .version = data.version};
    const std::string note = data.end_note();
    Html subject = tag("a", {{"class", "task"}, {"href", task}}, data.name);
    if (data.attempt && data.attempt->status == "FAILED")
        subject.append(" ").append(tag("a", {{"href", task + "#retry"}}, Html::markup("Retry it on its page")));
    Html content = Html::of(tag("h1", title), tag("p", subject), other_logs(data), part_links(data));
    if (!data.begin_note().empty()) content.append(tag("p", {{"class", "note"}}, data.begin_note()));
    content.append(tag("pre", {{"tabindex", "0"}, {"class", "log"}}, data.log.piece.text));
    if (!note.empty()) content.append(tag("p", {{"class", "note"}, {"role", "status"}}, note));
    return document(header, content);
}

Json log_json(const LogPageData& data) {
    const auto log_of = [](const store::AttemptLogKey& key) {
        return Json::Object{{"attempt", key.number}, {"run_id", key.run_id}};
    };
    const auto previous = offset_before(data.log);
    return Json::Object{{"as_of", json_of(data.taken)},
                        {"task_id", data.task_id},
                        {"name", data.name},
                        {"attempt", data.log.key.number},
                        {"run_id", data.log.key.run_id},
                        {"status", data.attempt ? Json(data.attempt->status) : Json()},
                        {"offset", data.log.piece.begin},
                        {"previous_offset", previous ? Json(*previous) : Json()},
                        {"next_offset", data.log.piece.end},
                        {"end", data.log.end},
                        {"left_out", data.log.left_out},
                        {"note_before", json_or_null(data.begin_note())},
                        {"text", data.log.piece.text},
                        {"note", json_or_null(data.end_note())},
                        {"logs", json_array(data.logs, log_of)}};
}

std::string log_text(const LogPageData& data, const LogQuery& query) {
    const std::uint64_t begin = data.log.piece.begin;
    const std::uint64_t left_out = query.offset && *query.offset < begin ? begin - *query.offset : 0;
    const std::string note = data.end_note();
    return fmt::format("{}{}{}", left_out > 0 ? left_out_note(left_out) + "\n" : "", data.log.piece.text,
                       note.empty() ? "" : fmt::format("[{}]\n", note));
}

std::string log_address(const store::AttemptLogKey& key) {
    return percent_encoded(key.task_id) + "/" + LogQuery{.attempt = key.number, .run = key.run_id}.address();
}

}  // namespace freshet::dashboard
