// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/notification.hpp"

#include "base/printable.hpp"
#include "freshet/text.hpp"
#include "store/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::notify {

namespace {

constexpr std::size_t max_name_length = 200;
constexpr std::size_t max_why_length = 600;
constexpr std::size_t max_in_json = 100;

std::string shown(std::string_view text, std::size_t max_length) { return printable_line(shortened(text, max_length)); }

std::string_view verb(ProblemState state) {
    switch (state) {
        case ProblemState::failed:
            return "failed";
        case ProblemState::disabled:
            return "is disabled";
        case ProblemState::late:
            return "is late";
        case ProblemState::worker_lost:
            return "is lost";
        case ProblemState::disk_full:
            return "is nearly full";
    }
    return "";
}

Json json_list(const std::vector<Problem>& problems) {
    Json list = Json::array();
    for (std::size_t i = 0; i < std::min(problems.size(), max_in_json); ++i) {
        const Problem& problem = problems[i];
        list.push_back(Json::Object{{"id", problem.id},
                                    {"state", text(problem.state)},
                                    {"family", problem.family},
                                    {"name", problem.name},
                                    {"why", problem.why},
                                    {"since", format_utc(problem.since)}});
    }
    return list;
}

/// Appends "FAILED    Load(day=1): why, since ..." for each of the first problems.
void append_lines(std::string& message, const std::vector<Problem>& problems, bool is_over) {
    for (std::size_t i = 0; i < std::min(problems.size(), max_explained); ++i) {
        const Problem& problem = problems[i];
        const std::string why = problem.why.empty() || is_over ? "" : " " + shown(problem.why, max_why_length);
        message += fmt::format("{}{}: {}{} (since {})\n", is_over ? "recovered: " : "", text(problem.state),
                               shown(problem.name, max_name_length), why, format_utc(problem.since));
    }
    if (problems.size() > max_explained)
        message += fmt::format("{}and {} more\n", is_over ? "recovered: " : "", problems.size() - max_explained);
}

}  // namespace

Event make_notification(NotificationHeader header, const ProblemChanges& changes) {
    return {.id = std::move(header.id),
            .source = std::move(header.source),
            .type = std::string(store::Outbox::notification_type),
            .subject = header.rule,
            .time = header.time,
            .key = fmt::format("{}{}", store::Outbox::notification_sink_prefix, header.rule),
            .data = Json::Object{{"subject", subject_line(changes)},
                                 {"text", message_text(changes)},
                                 {"problems", json_list(changes.begun)},
                                 {"recovered", json_list(changes.recovered)}}};
}

std::string subject_line(const ProblemChanges& changes) {
    const std::size_t begun = changes.begun.size(), recovered = changes.recovered.size();
    if (begun == 1 && recovered == 0)
        return fmt::format("{} {}", shown(changes.begun[0].name, max_name_length), verb(changes.begun[0].state));
    if (begun == 0 && recovered == 1) return shown(changes.recovered[0].name, max_name_length) + " recovered";
    if (begun == 0) return fmt::format("{} recovered", recovered);
    const std::string problems = fmt::format("{} problem{}", begun, begun == 1 ? "" : "s");
    return recovered == 0 ? problems : fmt::format("{}, {} recovered", problems, recovered);
}

std::string message_text(const ProblemChanges& changes) {
    std::string message;
    append_lines(message, changes.begun, false);
    append_lines(message, changes.recovered, true);
    return message;
}

Json chat_json(const Event& event) {
    const std::string text =
        fmt::format("*{}*\n{}", event.data.at("subject").as_string(), event.data.at("text").as_string());
    return Json::Object{{"text", text}};
}

}  // namespace freshet::notify
