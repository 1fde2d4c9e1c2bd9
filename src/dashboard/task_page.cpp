// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/task_page.hpp"

#include "base/url_encoding.hpp"
#include "dashboard/log_page.hpp"
#include "dashboard/page_layout.hpp"
#include "dashboard/task_actions.hpp"
#include "dashboard/timeline.hpp"
#include "freshet/text.hpp"
#include "rpc/error_summary.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace freshet::dashboard {

namespace {

constexpr std::size_t max_shown_length = 1'000;  // per message in a table
constexpr std::size_t max_title_length = 120;

PageHeader page_header(const TaskPageData& data, const std::string& title, Severity severity) {
    return {.title = shortened(title, max_title_length) + " · Freshet",
            .severity = severity,
            .home = "../",
            .taken = data.now,
            .version = data.version};
}

Html banner(Severity severity, const Html& state, const std::string& name, const Html& why) {
    return severity_box(severity,
                        Html::of(tag("h1", tag("span", {{"class", "task"}}, name)), tag("p", state, " ", why)));
}

/// Adds a term and its value, unless the value is empty.
void add_fact(Html& list, Literal term, const Html& value) {
    if (!value.empty()) list.append(tag("dt", Html::markup(term))).append(tag("dd", value)).append(Html::markup("\n"));
}

Html tracking_link(const std::string& url) {
    if (url.empty() || !is_web_address(url)) return url;
    return tag("a", {{"href", url}, {"rel", "noopener noreferrer nofollow"}}, url);
}

Html resources(const rpc::Resources& amounts) {
    std::string text;
    for (const auto& [name, amount] : amounts)
        text += fmt::format("{}{} of {}", text.empty() ? "" : ", ", amount, name);
    return text;
}

Html workers(const TaskSnapshot& task) {
    Html list;
    for (const std::string& name : task.workers.items) list.append(list.empty() ? "" : ", ").append(tag("code", name));
    if (task.workers.total > task.workers.items.size())
        list.append(fmt::format(" and {} more", task.workers.total - task.workers.items.size()));
    return list;
}

Html facts_section(const TaskSnapshot& task) {
    Html list;
    add_fact(list, "Family", tag("code", task.family));
    add_fact(list, "Module", task.module);
    add_fact(list, "Known since", time_and_age(task.registered, task.taken));
    add_fact(list, "State since", time_and_age(task.updated, task.taken));
    if (task.retry_at) add_fact(list, "Next retry", time_and_age(*task.retry_at, task.taken));
    add_fact(list, "Attempts", std::to_string(task.attempts));
    add_fact(list, "Last run by", task.runner.empty() ? Html() : tag("code", shortened(task.runner, max_text_length)));
    add_fact(list, "Can be run by", workers(task));
    add_fact(list, "Priority", fmt::format("{}", std::round(100 * task.priority) / 100));
    add_fact(list, "Resources", resources(task.resources));
    add_fact(list, "Progress", progress_bar(task.progress));
    add_fact(list, "Message", task.message);
    add_fact(list, "Tracking URL", tracking_link(task.tracking_url));
    add_fact(list, "Task id", tag("code", task.ref.id));
    return section("facts", Html::markup("Facts"), tag("dl", list));
}

/// Leads to the graphs and to the run that the task is part of.
Html related_pages(const TaskPageData& data) {
    const TaskSnapshot& task = *data.known;
    Html links = tag("a", {{"href", "../graph?" + form_encoded({{"task", task.ref.id}})}},
                     Html::markup("Graph of what it requires and what requires it"));
    if (task.dependants.total == 0 && task.requirements.total > 0)
        links.append(" ").append(
            tag("a", {{"href", "../graph?" + form_encoded({{"run", task.ref.id}})}}, Html::markup("Longest chain")));
    if (data.run)
        links.append(" ").append(tag("a", {{"href", "../run/" + percent_encoded(data.run->run_id) + "#timeline"}},
                                     Html::markup("Timeline of its run")));
    return tag("nav", {{"class", "more"}, {"aria-label", "More about the task"}}, links);
}

/// The parameters that tell the task from others; the rest is folded.
Html parameters_section(const TaskSnapshot& task) {
    if (task.params.empty() && task.hidden.empty()) return {};
    Html list, others;
    for (const auto& [name, value] : task.params)
        (task.in_name.contains(name) ? list : others).append(tag("dt", name)).append(tag("dd", tag("code", value)));
    for (const std::string& name : task.hidden)
        list.append(tag("dt", name)).append(tag("dd", Html::markup("(hidden)")));
    const std::size_t omitted = task.params.size() - task.in_name.size();
    const Html folded = others.empty() ? Html()
                                       : tag("details", {{"class", "action"}},
                                             tag("summary", pluralized(omitted, "parameter", "parameters"),
                                                 Html::markup(" with the default value, or without one")),
                                             tag("dl", others));
    return section("parameters", Html::markup("Parameters"), Html::of(list.empty() ? Html() : tag("dl", list), folded));
}

Html statistics_section(const TaskSnapshot& task) {
    if (task.statistics.empty()) return {};
    Html list;
    for (const auto& [name, value] : task.statistics) list.append(tag("dt", name)).append(tag("dd", value));
    return section("statistics", Html::markup("Statistics"), tag("dl", list));
}

Html neighbours(Literal id, Literal heading, const TruncatedList<TaskRef>& tasks) {
    if (tasks.total == 0) return {};
    Html items;
    for (const TaskRef& ref : tasks.items)
        items.append(tag("li", badge(ref.status), " ", link_to(ref, ""))).append(Html::markup("\n"));
    return section(id, Html::of(Html::markup(heading), " ", tag("small", with_thousands(tasks.total))),
                   Html::of(tag("ul", {{"class", "list"}, {"role", "list"}}, items),
                            and_more(tasks.items.size(), tasks.total, "tasks")));
}

Html error_section(const std::string& error) {
    if (error.empty()) return {};
    return section("error", Html::markup("Error"), tag("pre", {{"tabindex", "0"}}, error));
}

std::string attempt_duration(const store::AttemptRow& attempt) {
    return attempt.ended ? format_short_duration(*attempt.ended - attempt.started) : "";
}

/// With a link to its log.
Html attempt_number(const TaskPageData& data, const store::AttemptRow& attempt) {
    const Html number = std::to_string(attempt.number);
    const auto log = data.log_of(attempt);
    if (!log) return number;
    return Html::of(number, " ", tag("a", {{"href", log_address(*log)}}, Html::markup("log")));
}

struct ClassText {
    std::string_view failure_class;
    Literal meaning;
};

constexpr std::array class_texts = {
    ClassText{"not_yet", "what it needs is not there yet: it is tried again later"},
    ClassText{"throttled", "a server asked for fewer requests: it is tried again later"},
    ClassText{"transient", "an error that may pass by itself: it is tried again a few times"},
    ClassText{"permanent", "an error that stays: it is not tried again in this run"}};

/// "transient: ", explained; empty for an attempt whose failure has no class.
Html failure_class(const store::AttemptRow& attempt) {
    const auto text = std::ranges::find(class_texts, attempt.failure_class, &ClassText::failure_class);
    if (text == class_texts.end()) return attempt.failure_class.empty() ? "" : attempt.failure_class + ": ";
    return Html::of(tag("abbr", {{"title", std::string(text->meaning.text())}}, attempt.failure_class), ": ");
}

Html attempts_section(const TaskPageData& data) {
    if (data.history.attempts.empty()) return {};
    Table table("attempts", "Attempts", {{"Attempt"}, {"State"}, {"Started"}, {"Took", true}, {"Worker"}, {"Message"}});
    for (const auto& attempt : data.history.attempts)
        table.add(
            {attempt_number(data, attempt), badge(severity_of(attempt), attempt.status),
             time_and_age(attempt.started, data.now), attempt_duration(attempt),
             tag("code", shortened(attempt.worker, max_shown_length)),
             Html::of(failure_class(attempt), shortened(rpc::readable_message(attempt.message), max_shown_length))});
    const Html more = data.history.has_more_attempts
                          ? tag("p", {{"class", "more"}}, Html::markup("older entries are not shown"))
                          : Html();
    return section("attempts", Html::markup("Attempts"), Html::of(table.html(), more));
}

Html history_section(const TaskPageData& data) {
    if (data.history.changes.empty()) return {};
    Table table("history", "History", {{"At"}, {"State"}, {"By"}, {"Detail"}});
    for (const auto& change : data.history.changes)
        table.add(
            {time_and_age(change.at, data.now),
             badge(severity_of(rpc::status_from(change.status).value_or(Status::unknown)), change.status),
             change.worker.empty() ? Html("the scheduler") : tag("code", shortened(change.worker, max_shown_length)),
             shortened(rpc::readable_message(change.detail), max_shown_length)});
    const Html more = data.history.has_more_changes
                          ? tag("p", {{"class", "more"}}, Html::markup("older entries are not shown"))
                          : Html();
    return section("history", Html::markup("History"), Html::of(table.html(), more));
}

Html no_history(const TaskPageData& data) {
    if (data.history.has_state_file) return {};
    return tag("p", {{"class", "note"}}, Html::markup("This scheduler keeps no history."));
}

/// The command that ran the task, which runs it again.
Html command_section(const TaskPageData& data) {
    if (!data.run || data.run->command.empty()) return {};
    return section("command", Html::markup("Command"),
                   tag("p", tag("code", shortened(data.run->command, max_shown_length))));
}

/// Renders a task that the scheduler has removed, from its history.
Html pruned_task(const TaskPageData& data) {
    const auto& newest = data.history.changes.empty() ? store::HistoryRow{} : data.history.changes.front();
    const std::string state = newest.status.empty() ? data.history.attempts.front().status : newest.status;
    const std::string why =
        fmt::format("was its last state{}; the scheduler has removed the task since, and keeps its history",
                    newest.status.empty() ? "" : ", at " + scheduler::format_time(newest.at));
    const Severity severity = severity_of(rpc::status_from(state).value_or(Status::unknown));
    return Html::of(banner(Severity::neutral, badge(severity, state), data.id, why), command_section(data),
                    attempts_section(data), history_section(data));
}

Html known_task(const TaskPageData& data) {
    const TaskSnapshot& task = *data.known;
    Html actions;
    if (data.may_operate) actions = task_actions_section(task, data.run);
    if (!data.may_operate && !data.commands.empty())
        actions = task_commands_section(task, data.run ? data.run->command : "", data.commands);
    return Html::of(banner(severity_of(task.ref.status), badge(task.ref.status), task.ref.name,
                           with_link(task.why, task.cause, "")),
                    related_pages(data), actions, error_section(task.error), attempts_section(data),
                    neighbours("requirements", "Requires", task.requirements),
                    neighbours("dependants", "Required by", task.dependants), parameters_section(task),
                    statistics_section(task), command_section(data), history_section(data), facts_section(task),
                    no_history(data));
}

}  // namespace

bool is_web_address(std::string_view url) {
    const std::string start = lower(url.substr(0, 8));
    const bool is_plain = std::ranges::all_of(url, [](char c) { return static_cast<unsigned char>(c) > 0x20; });
    return is_plain && (start.starts_with("http://") || start.starts_with("https://"));
}

std::optional<store::AttemptLogKey> TaskPageData::log_of(const store::AttemptRow& attempt) const {
    const store::AttemptLogKey key{id, attempt.run_id, attempt.number};
    if (std::ranges::count(logs, key) > 0) return key;
    // Those beside an embedded state have numbers only, which later runs go on with.
    const store::AttemptLogKey of_number{id, "", attempt.number};
    const bool is_only = std::ranges::count(history.attempts, attempt.number, &store::AttemptRow::number) == 1;
    return is_only && std::ranges::count(logs, of_number) > 0 ? std::optional(of_number) : std::nullopt;
}

void read_history(store::History& history, TaskPageData& data) {
    data.history = read_history(history, data.id);
    std::vector<std::string> ids{data.id};
    if (data.known && data.known->cause) ids.push_back(data.known->cause->id);
    if (data.known)
        for (const TaskRef& required : data.known->requirements.items) ids.push_back(required.id);
    constexpr std::size_t max_asked = 5;
    for (std::size_t i = 0; i < ids.size() && i < max_asked && !data.run; ++i)
        for (const store::AttemptRow& attempt : history.newest_attempts_of(ids[i], 1))
            data.run = history.run(attempt.run_id);
}

std::string task_page(const TaskPageData& data) {
    if (!data.known) return document(page_header(data, data.id, Severity::neutral), pruned_task(data));
    const TaskSnapshot& task = *data.known;
    return document(
        page_header(data, std::string(rpc::text(task.ref.status)) + " " + task.ref.name, severity_of(task.ref.status)),
        known_task(data));
}

std::string no_task_page(const TaskPageData& data) {
    return document(page_header(data, "No such task", Severity::neutral),
                    banner(Severity::neutral, {}, shortened(data.id, max_shown_length),
                           "is not a task of this scheduler, nor in its history"));
}

}  // namespace freshet::dashboard
