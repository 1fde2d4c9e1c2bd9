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

Html banner(Severity severity, const Html& state, const std::string& name, const std::string& why) {
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
    add_fact(list, "Registered", time_and_age(task.registered, task.taken));
    add_fact(list, "State since", time_and_age(task.updated, task.taken));
    if (task.retry_at) add_fact(list, "Next retry", time_and_age(*task.retry_at, task.taken));
    add_fact(list, "Attempts", std::to_string(task.attempts));
    add_fact(list, "Last run by", task.runner.empty() ? Html() : tag("code", shortened(task.runner, max_text_length)));
    add_fact(list, "Can be run by", workers(task));
    add_fact(list, "Priority", fmt::format("{}", task.priority));
    add_fact(list, "Resources", resources(task.resources));
    add_fact(list, "Progress", progress_bar(task.progress));
    add_fact(list, "Message", task.message);
    add_fact(list, "Tracking URL", tracking_link(task.tracking_url));
    const std::string graph = "../graph?" + form_encoded({{"task", task.ref.id}});
    add_fact(list, "Graph", tag("a", {{"href", graph}}, Html::markup("What it requires and what requires it")));
    add_fact(list, "Task id", tag("code", task.ref.id));
    return section("facts", Html::markup("Facts"), tag("dl", list));
}

Html parameters_section(const TaskSnapshot& task) {
    if (task.params.empty() && task.hidden.empty()) return {};
    Html list;
    for (const auto& [name, value] : task.params) list.append(tag("dt", name)).append(tag("dd", tag("code", value)));
    for (const std::string& name : task.hidden)
        list.append(tag("dt", name)).append(tag("dd", Html::markup("(hidden)")));
    return section("parameters", Html::markup("Parameters"), tag("dl", list));
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

Html attempts_section(const TaskPageData& data) {
    if (data.history.attempts.empty()) return {};
    Table table("attempts", "Attempts", {{"Attempt"}, {"State"}, {"Started"}, {"Took", true}, {"Worker"}, {"Message"}});
    for (const auto& attempt : data.history.attempts)
        table.add({attempt_number(data, attempt), badge(severity_of(attempt), attempt.status),
                   time_and_age(attempt.started, data.now), attempt_duration(attempt),
                   tag("code", shortened(attempt.worker, max_shown_length)),
                   Html::of(attempt.failure_class.empty() ? "" : attempt.failure_class + ": ",
                            shortened(rpc::readable_message(attempt.message), max_shown_length))});
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
    if (!data.history.run || data.history.run->command.empty()) return {};
    return section("command", Html::markup("Command"),
                   tag("p", tag("code", shortened(data.history.run->command, max_shown_length))));
}

/// Renders a task that the scheduler has pruned, from its history.
Html pruned_task(const TaskPageData& data) {
    const auto& newest = data.history.changes.empty() ? store::HistoryRow{} : data.history.changes.front();
    const std::string state = newest.status.empty() ? data.history.attempts.front().status : newest.status;
    const std::string why = fmt::format("was its last state{}; the scheduler has pruned the task since",
                                        newest.status.empty() ? "" : ", at " + scheduler::format_time(newest.at));
    const Severity severity = severity_of(rpc::status_from(state).value_or(Status::unknown));
    return Html::of(banner(Severity::neutral, badge(severity, state), data.id, why), command_section(data),
                    attempts_section(data), history_section(data));
}

Html known_task(const TaskPageData& data) {
    const TaskSnapshot& task = *data.known;
    return Html::of(banner(severity_of(task.ref.status), badge(task.ref.status), task.ref.name, task.why),
                    data.may_operate ? task_actions_section(task, data.history.run) : Html(), error_section(task.error),
                    neighbours("requirements", "Requires", task.requirements),
                    neighbours("dependants", "Required by", task.dependants), parameters_section(task),
                    statistics_section(task), attempts_section(data), command_section(data), history_section(data),
                    facts_section(task), no_history(data));
}

}  // namespace

bool is_web_address(std::string_view url) {
    const std::string start = lower(url.substr(0, 8));
    const bool is_plain = std::ranges::all_of(url, [](char c) { return static_cast<unsigned char>(c) > 0x20; });
    return is_plain && (start.starts_with("http://") || start.starts_with("https://"));
}

std::optional<store::AttemptLogKey> TaskPageData::log_of(const store::AttemptRow& attempt) const {
    const store::AttemptLogKey key{id, attempt.run_id, attempt.number};
    return std::ranges::count(logs, key) > 0 ? std::optional(key) : std::nullopt;
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
