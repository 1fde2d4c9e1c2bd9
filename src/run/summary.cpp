// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/summary.hpp"

#include "base/text.hpp"
#include "run/task_groups.hpp"
#include "run/task_span.hpp"

#include <fmt/format.h>

#include <map>
#include <vector>

namespace freshet::run {

namespace {

constexpr std::string_view frame = "===== Freshet Execution Summary =====";
constexpr std::size_t most_lines = 5;  // of one group: as Luigi; the history has them all

using Reports = std::vector<const TaskReport*>;

struct Grouped {
    std::map<Group, Reports> groups;
    std::size_t of(Group group) const {
        const auto found = groups.find(group);
        return found == groups.end() ? 0 : found->second.size();
    }
    std::size_t pending() const {
        std::size_t count = 0;
        for (const GroupWords& words : group_words())
            if (words.is_pending) count += of(words.group);
        return count;
    }
};

Grouped grouped(const SessionResult& result) {
    Grouped all;
    const auto groups = groups_of(result.tasks);
    for (std::size_t i = 0; i < groups.size(); ++i) all.groups[groups[i]].push_back(&result.tasks[i]);
    return all;
}

/// One line a family.
std::string family_lines(const Reports& reports, std::string_view indent) {
    std::map<std::string_view, std::vector<AnyTask>> families;
    for (const TaskReport* report : reports) families[report->task.type().family].push_back(report->task);
    std::string text;
    std::size_t lines = 0;
    for (const auto& [family, tasks] : families) {
        if (++lines > most_lines) return text + fmt::format("{}...\n", indent);
        text += fmt::format("{}- {} {}\n", indent, tasks.size(), task_span(tasks));
    }
    return text;
}

/// One line a task, with the reason.
std::string reason_lines(const Reports& reports, std::string_view indent) {
    std::string text;
    std::size_t lines = 0;
    for (const TaskReport* report : reports) {
        if (++lines > most_lines) return text + fmt::format("{}... and {} more\n", indent, reports.size() - most_lines);
        text += fmt::format("{}- {}{}{}\n", indent, report->task.description(), report->message.empty() ? "" : ": ",
                            report->message);
    }
    return text;
}

bool has_reasons(Group group) {
    return group == Group::failed || group == Group::unknown || group == Group::missing_external ||
           group == Group::not_there_yet || group == Group::elsewhere;
}

std::string group_lines(const GroupWords& words, const Reports& reports) {
    const std::string_view outer = words.is_pending ? "    " : "";
    const std::string inner = std::string(outer) + "    ";
    return fmt::format("{}* {} {}:\n{}", outer, reports.size(), words.words,
                       has_reasons(words.group) ? reason_lines(reports, inner) : family_lines(reports, inner));
}

bool ran_again(const SessionResult& result) {
    for (const TaskReport& report : result.tasks)
        if (report.fate == Fate::ran && report.attempts > 1) return true;
    return false;
}

std::string last_line(const SessionResult& result, const Grouped& all) {
    const auto looks = [](std::string_view face, std::string_view why) {
        return fmt::format("This progress looks {} because {}", face, why);
    };
    if (all.of(Group::failed) > 0 && all.of(Group::unknown) > 0)
        return looks(":(", "there were failed tasks and tasks whose scheduling failed");
    if (all.of(Group::failed) > 0) return looks(":(", "there were failed tasks");
    if (all.of(Group::unknown) > 0) return looks(":(", "there were tasks whose scheduling failed");
    if (result.was_stopped) return looks(":|", "it was stopped by a signal");
    if (all.of(Group::missing_external) > 0) return looks(":|", "there were missing external dependencies");
    if (all.of(Group::not_there_yet) > 0) return looks(":|", "something is not there yet");
    if (all.of(Group::elsewhere) > 0) return looks(":|", "there were tasks that another worker was running");
    if (all.pending() > 0) return looks(":|", "there were tasks that were not started");
    if (ran_again(result)) return looks(":)", "there were failed attempts but they all succeeded in a retry");
    return looks(":)", "there were no failed tasks or missing dependencies");
}

}  // namespace

std::string summary(const SessionResult& result) {
    const Grouped all = grouped(result);
    std::string text = fmt::format("\n{}\n\nScheduled {} tasks of which:\n", frame, result.tasks.size());
    bool is_in_pending = false;
    for (const GroupWords& words : group_words()) {
        if (all.of(words.group) == 0) continue;
        if (words.is_pending && !is_in_pending)
            text += fmt::format("* {} were left pending, among these:\n", all.pending());
        is_in_pending = words.is_pending;
        text += group_lines(words, all.groups.at(words.group));
    }
    if (all.of(Group::ran) + all.of(Group::failed) == 0) text += "\nDid not run any tasks\n";
    if (result.undelivered_events > 0)
        text += fmt::format("\n{} events are not delivered yet; the next run tries again\n", result.undelivered_events);
    return text + fmt::format("\n{}\n\n{}\n\n", last_line(result, all), frame);
}

std::string one_line_summary(const SessionResult& result) {
    const Grouped all = grouped(result);
    std::vector<std::string> parts;
    const auto count = [&](std::size_t number, std::string_view word) {
        if (number > 0) parts.push_back(fmt::format("{} {}", number, word));
    };
    count(all.of(Group::complete), "complete");
    count(all.of(Group::ran), "ran");
    count(all.of(Group::failed), "failed");
    count(all.of(Group::unknown), "unknown");
    count(all.pending(), "pending");
    return fmt::format("{} tasks{}{}", result.tasks.size(), parts.empty() ? "" : ": ", joined(parts, ", "));
}

Json::Object summary_fields(const SessionResult& result) {
    const Grouped all = grouped(result);
    return {{"tasks", result.tasks.size()},
            {"complete", all.of(Group::complete)},
            {"ran", all.of(Group::ran)},
            {"failed", all.of(Group::failed)},
            {"unknown", all.of(Group::unknown)},
            {"pending", all.pending()},
            {"undelivered_events", result.undelivered_events},
            {"dur_ms", result.took.count()}};
}

}  // namespace freshet::run
