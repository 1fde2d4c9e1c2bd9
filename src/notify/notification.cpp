// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/notification.hpp"

#include "base/printable.hpp"
#include "base/url_encoding.hpp"
#include "freshet/text.hpp"
#include "scheduler/task.hpp"
#include "store/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::notify {

namespace {

constexpr std::size_t max_name_length = 200;
constexpr std::size_t max_subject_name = 100;
constexpr std::size_t max_subject_families = 3;
constexpr std::size_t max_why_length = 600;
constexpr std::size_t max_in_json = 100;

std::string shown(std::string_view text, std::size_t max_length) { return printable_line(shortened(text, max_length)); }

std::string_view verb(const Problem& problem) {
    switch (problem.state) {
        case ProblemState::failed:
            return "failed";
        case ProblemState::disabled:
            return "is disabled";
        case ProblemState::late:
            return "is late";
        case ProblemState::worker_lost:
            return "is lost";
        case ProblemState::disk_full:
            return problem.family.empty() ? "is nearly full" : "finds no room on the disk";
        case ProblemState::unrunnable:
            return "will not run";
    }
    return "";
}

bool is_of_task(const Problem& problem) {
    return problem.state == ProblemState::failed || problem.state == ProblemState::disabled ||
           problem.state == ProblemState::late || (problem.state == ProblemState::disk_full && !problem.family.empty());
}

/// The task that the page and the commands below a problem are about; "" for none.
std::string task_of(const Problem& problem) {
    if (is_of_task(problem)) return problem.id;
    return problem.tasks.empty() ? "" : problem.tasks.front();
}

std::string page_of(const Problem& problem, const SchedulerContact& contact) {
    if (contact.url.empty()) return {};
    const std::string task = task_of(problem);
    return task.empty() ? contact.url + "/" : fmt::format("{}/task/{}", contact.url, percent_encoded(task));
}

Json json_list(const std::vector<Problem>& problems, const SchedulerContact& contact) {
    Json list = Json::array();
    for (std::size_t i = 0; i < std::min(problems.size(), max_in_json); ++i) {
        const Problem& problem = problems[i];
        Json json =
            Json::Object{{"id", problem.id},     {"state", text(problem.state)}, {"family", problem.family},
                         {"name", problem.name}, {"why", problem.why},           {"since", format_utc(problem.since)}};
        if (std::string page = page_of(problem, contact); !page.empty()) json["url"] = std::move(page);
        list.push_back(std::move(json));
    }
    return list;
}

/// The task as a word of a command; "" for an id that no command line can name, or only one too long for a message.
std::string task_word(const Problem& problem) {
    const std::string task = task_of(problem);
    const bool can_be_named = !task.empty() && !task.starts_with('-') && shown(task, max_name_length) == task;
    return can_be_named ? shell_word(task) : "";
}

/// Returns the lines below a problem: its page, and the commands that explain it and end it.
std::string links_of(const Problem& problem, const SchedulerContact& contact) {
    std::string lines;
    const std::string options = contact.options.empty() ? "" : " " + contact.options;
    if (const std::string page = page_of(problem, contact); !page.empty()) lines += fmt::format("    {}\n", page);
    const std::string task = task_word(problem);
    if (task.empty()) return lines;
    lines += fmt::format("    freshet why {}{}\n", task, options);
    const bool has_failed = is_of_task(problem) && problem.state != ProblemState::late;
    if (has_failed && !problem.is_removed) lines += fmt::format("    freshet retry {}{}\n", task, options);
    return lines;
}

/// Appends "failed: Load(day=1) failed at ...: why (since ...)" for each of the first problems, or "recovered: ...".
void append_lines(std::string& message, const std::vector<Problem>& problems, const SchedulerContact* contact) {
    const bool is_over = contact == nullptr;
    for (std::size_t i = 0; i < std::min(problems.size(), max_explained); ++i) {
        const Problem& problem = problems[i];
        const std::string why = problem.why.empty() || is_over ? "" : " " + shown(problem.why, max_why_length);
        message += fmt::format("{}: {}{} ({}since {})\n", is_over ? "recovered" : text(problem.state),
                               shown(problem.name, max_name_length), why,
                               is_over ? fmt::format("{} ", text(problem.state)) : "", format_utc(problem.since));
        if (contact) message += links_of(problem, *contact);
    }
    if (problems.size() > max_explained)
        message += fmt::format("{}and {} more\n", is_over ? "recovered: " : "", problems.size() - max_explained);
}

/// Several problems of one family, in a word.
struct ProblemGroup {
    std::string family;
    rpc::Parameters common;  ///< the parameters that all of them have
    std::size_t problems = 0;
};

void add(ProblemGroup& group, const Problem& problem) {
    if (group.problems++ == 0) group.common = problem.parameters;
    std::erase_if(group.common, [&](const auto& parameter) {
        return std::ranges::find(problem.parameters, parameter) == problem.parameters.end();
    });
}

std::string describe(const ProblemGroup& group) {
    const std::string name = group.common.empty() ? group.family : scheduler::display_name(group.family, group.common);
    const std::string text = shown(name, max_subject_name);
    return group.problems == 1 ? text : fmt::format("{} of {}", group.problems, text);
}

/// Returns "2 of Load(day=1), Report(day=1)": the families, and what the parameters of their tasks have in common.
std::string describe_families(const std::vector<Problem>& problems) {
    std::vector<ProblemGroup> groups;
    for (const Problem& problem : problems) {
        const std::string& name = problem.family.empty() ? problem.name : problem.family;
        auto group = std::ranges::find(groups, name, &ProblemGroup::family);
        if (group == groups.end()) group = groups.insert(groups.end(), {.family = name, .common = {}});
        add(*group, problem);
    }
    std::vector<std::string> texts;
    for (const ProblemGroup& group : groups)
        if (texts.size() < max_subject_families) texts.push_back(describe(group));
    const auto more = groups.size() - texts.size();
    return joined(texts, ", ") + (more > 0 ? fmt::format(" and {} more", more) : "");
}

}  // namespace

Event make_notification(NotificationHeader header, const ProblemChanges& changes, const SchedulerContact& contact) {
    return {.id = std::move(header.id),
            .source = std::move(header.source),
            .type = std::string(store::Outbox::notification_type),
            .subject = header.rule,
            .time = header.time,
            .key = fmt::format("{}{}", store::Outbox::notification_sink_prefix, header.rule),
            .data = Json::Object{{"subject", subject_line(changes)},
                                 {"text", message_text(changes, contact)},
                                 {"problems", json_list(changes.begun, contact)},
                                 {"recovered", json_list(changes.recovered, contact)}}};
}

std::string subject_line(const ProblemChanges& changes) {
    const std::size_t begun = changes.begun.size(), recovered = changes.recovered.size();
    if (begun == 1 && recovered == 0)
        return fmt::format("{} {}", shown(changes.begun[0].name, max_subject_name), verb(changes.begun[0]));
    if (begun == 0 && recovered == 1) return shown(changes.recovered[0].name, max_subject_name) + " recovered";
    if (begun == 0) return fmt::format("{} recovered: {}", recovered, describe_families(changes.recovered));
    return fmt::format("{} problem{}{}: {}", begun, begun == 1 ? "" : "s",
                       recovered == 0 ? "" : fmt::format(", {} recovered", recovered),
                       describe_families(changes.begun));
}

std::string message_text(const ProblemChanges& changes, const SchedulerContact& contact) {
    std::string message;
    append_lines(message, changes.begun, &contact);
    append_lines(message, changes.recovered, nullptr);
    return message;
}

Json chat_json(const Event& event) {
    const std::string text =
        fmt::format("*{}*\n{}", event.data.at("subject").as_string(), event.data.at("text").as_string());
    return Json::Object{{"text", text}};
}

}  // namespace freshet::notify
