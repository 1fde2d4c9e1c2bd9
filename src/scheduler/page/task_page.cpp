// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/task_page.hpp"

#include "base/text.hpp"
#include "scheduler/page/layout.hpp"
#include "scheduler/sentences.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::scheduler::page {

namespace {

constexpr std::size_t longest_shown = 1'000;  // of a message in a table
constexpr std::size_t longest_title = 120;

Frame frame_of(const TaskFacts& facts, const std::string& title, Mood mood) {
    return {.title = shortened(title, longest_title) + " · Freshet",
            .mood = mood,
            .home = "../",
            .taken = facts.now,
            .version = facts.version};
}

Html banner(Mood mood, const Html& word, const std::string& name, const std::string& why) {
    return verdict(mood, Html::of(tag("h1", tag("span", {{"class", "task"}}, name)), tag("p", word, " ", why)));
}

/// A term and what is to be said of it; nothing where there is nothing.
void add_fact(Html& list, Literal term, const Html& value) {
    if (!value.empty()) list.append(tag("dt", Html::markup(term))).append(tag("dd", value)).append(Html::markup("\n"));
}

Html tracking(const std::string& url) {
    if (url.empty() || !is_web_address(url)) return url;
    return tag("a", {{"href", url}, {"rel", "noopener noreferrer nofollow"}}, url);
}

Html resources(const wire::Resources& demand) {
    std::string text;
    for (const auto& [name, amount] : demand) text += fmt::format("{}{} of {}", text.empty() ? "" : ", ", amount, name);
    return text;
}

Html workers(const TaskView& view) {
    Html list;
    for (const std::string& name : view.workers.items) list.append(list.empty() ? "" : ", ").append(tag("code", name));
    if (view.workers.total > view.workers.items.size())
        list.append(fmt::format(" and {} more", view.workers.total - view.workers.items.size()));
    return list;
}

Html facts_section(const TaskView& view) {
    Html list;
    add_fact(list, "Family", tag("code", view.family));
    add_fact(list, "Module", view.module);
    add_fact(list, "Registered", when(view.registered, view.taken));
    add_fact(list, "State since", when(view.updated, view.taken));
    if (view.next_chance) add_fact(list, "Next try", when(*view.next_chance, view.taken));
    add_fact(list, "Attempts", std::to_string(view.attempts));
    add_fact(list, "Last run by", view.runner.empty() ? Html() : tag("code", view.runner));
    add_fact(list, "Can be run by", workers(view));
    add_fact(list, "Priority", fmt::format("{}", view.priority));
    add_fact(list, "Resources", resources(view.resources));
    add_fact(list, "Progress", progress_bar(view.progress));
    add_fact(list, "Says", view.message);
    add_fact(list, "Tracked at", tracking(view.tracking_url));
    add_fact(list, "Task id", tag("code", view.task.id));
    return section("facts", Html::markup("Facts"), tag("dl", list));
}

Html parameters_section(const TaskView& view) {
    if (view.params.empty() && view.hidden.empty()) return {};
    Html list;
    for (const auto& [name, value] : view.params) list.append(tag("dt", name)).append(tag("dd", tag("code", value)));
    for (const std::string& name : view.hidden)
        list.append(tag("dt", name)).append(tag("dd", Html::markup("(not to be shown)")));
    return section("parameters", Html::markup("Parameters"), tag("dl", list));
}

Html neighbours(Literal id, Literal heading, const Listed<TaskRef>& tasks) {
    if (tasks.total == 0) return {};
    Html items;
    for (const TaskRef& task : tasks.items)
        items.append(tag("li", badge(task.status), " ", link_to(task, ""))).append(Html::markup("\n"));
    return section(id, Html::of(Html::markup(heading), " ", tag("small", with_thousands(tasks.total))),
                   Html::of(tag("ul", {{"class", "list"}, {"role", "list"}}, items),
                            and_more(tasks.items.size(), tasks.total, "tasks")));
}

Html error_section(const std::string& error) {
    if (error.empty()) return {};
    return section("error", Html::markup("Error"), tag("pre", {{"tabindex", "0"}}, error));
}

Mood mood_of_attempt(const store::AttemptRow& attempt) {
    if (attempt.failure_class == "not_yet" || attempt.failure_class == "throttled") return Mood::waiting;
    if (attempt.status == "LOST") return Mood::bad;
    return mood_of(wire::status_from(attempt.status).value_or(Status::unknown));
}

std::string took(const store::AttemptRow& attempt) {
    return attempt.ended ? rough(*attempt.ended - attempt.started) : "";
}

Html attempts_section(const TaskFacts& facts) {
    if (facts.past.attempts.empty()) return {};
    Table table("attempts", "Attempts", {{"Attempt"}, {"State"}, {"Started"}, {"Took", true}, {"Worker"}, {"Message"}});
    for (const auto& attempt : facts.past.attempts)
        table.add({std::to_string(attempt.number), badge(mood_of_attempt(attempt), attempt.status),
                   when(attempt.started, facts.now), took(attempt),
                   tag("code", shortened(attempt.worker, longest_shown)),
                   Html::of(attempt.failure_class.empty() ? "" : attempt.failure_class + ": ",
                            shortened(plain(attempt.message), longest_shown))});
    const Html more = facts.past.has_more_attempts
                          ? tag("p", {{"class", "more"}}, Html::markup("and older ones, which are not shown"))
                          : Html();
    return section("attempts", Html::markup("Attempts"), Html::of(table.html(), more));
}

Html history_section(const TaskFacts& facts) {
    if (facts.past.changes.empty()) return {};
    Table table("history", "History", {{"At"}, {"State"}, {"By"}, {"Detail"}});
    for (const auto& change : facts.past.changes)
        table.add({when(change.at, facts.now),
                   badge(mood_of(wire::status_from(change.status).value_or(Status::unknown)), change.status),
                   change.worker.empty() ? Html("the scheduler") : tag("code", shortened(change.worker, longest_shown)),
                   shortened(plain(change.detail), longest_shown)});
    const Html more = facts.past.has_more_changes
                          ? tag("p", {{"class", "more"}}, Html::markup("and older ones, which are not shown"))
                          : Html();
    return section("history", Html::markup("History"), Html::of(table.html(), more));
}

Html no_history(const TaskFacts& facts) {
    if (facts.past.is_kept) return {};
    return tag("p", {{"class", "note"}}, Html::markup("This scheduler keeps no history."));
}

/// Of a task that the scheduler has forgotten: how it was when it was last heard of.
Html forgotten(const TaskFacts& facts) {
    const auto& newest = facts.past.changes.empty() ? store::HistoryRow{} : facts.past.changes.front();
    const std::string state = newest.status.empty() ? facts.past.attempts.front().status : newest.status;
    const std::string why = fmt::format(
        "when it was last heard of{}; nobody has asked for it since, and the scheduler "
        "has forgotten it",
        newest.status.empty() ? "" : ", at " + instant(newest.at));
    const Mood mood = mood_of(wire::status_from(state).value_or(Status::unknown));
    return Html::of(banner(Mood::quiet, badge(mood, state), facts.id, why), attempts_section(facts),
                    history_section(facts));
}

Html known(const TaskFacts& facts) {
    const TaskView& view = *facts.known;
    return Html::of(banner(mood_of(view.task.status), badge(view.task.status), view.task.name, view.why),
                    error_section(view.error), neighbours("requirements", "Requires", view.requirements),
                    neighbours("dependants", "Required by", view.dependants), parameters_section(view),
                    attempts_section(facts), history_section(facts), facts_section(view), no_history(facts));
}

}  // namespace

bool is_web_address(std::string_view url) {
    const std::string start = lower(url.substr(0, 8));
    const bool is_plain = std::ranges::all_of(url, [](char c) { return static_cast<unsigned char>(c) > 0x20; });
    return is_plain && (start.starts_with("http://") || start.starts_with("https://"));
}

std::string task_page(const TaskFacts& facts) {
    if (!facts.known) return document(frame_of(facts, facts.id, Mood::quiet), forgotten(facts));
    const TaskView& view = *facts.known;
    return document(
        frame_of(facts, std::string(wire::text(view.task.status)) + " " + view.task.name, mood_of(view.task.status)),
        known(facts));
}

std::string no_task_page(const TaskFacts& facts) {
    return document(frame_of(facts, "No such task", Mood::quiet),
                    banner(Mood::quiet, {}, shortened(facts.id, longest_shown),
                           "is no task that this scheduler knows or remembers"));
}

}  // namespace freshet::scheduler::page
