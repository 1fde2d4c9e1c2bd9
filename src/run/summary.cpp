// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/summary.hpp"

#include "freshet/text.hpp"
#include "run/task_groups.hpp"
#include "run/task_span.hpp"

#include <fmt/format.h>

#include <map>
#include <vector>

namespace freshet::run {

namespace {

constexpr std::string_view banner = "===== Freshet Execution Summary =====";
constexpr std::size_t max_lines = 5;  // of one group: as Luigi; the history has them all

using Reports = std::vector<const TaskResult*>;

struct ReportsByGroup {
    std::map<SummaryGroup, Reports> groups;
    std::size_t count_of(SummaryGroup group) const {
        const auto found = groups.find(group);
        return found == groups.end() ? 0 : found->second.size();
    }
    std::size_t pending() const {
        std::size_t count = 0;
        for (const GroupLabel& label : group_labels())
            if (label.is_pending) count += count_of(label.group);
        return count;
    }
};

ReportsByGroup group_reports(const SessionResult& result) {
    ReportsByGroup all;
    const auto groups = groups_of(result.tasks);
    for (std::size_t i = 0; i < groups.size(); ++i) all.groups[groups[i]].push_back(&result.tasks[i]);
    return all;
}

/// One line a family.
std::string family_lines(const Reports& reports, std::string_view indent) {
    std::map<std::string_view, std::vector<AnyTask>> families;
    for (const TaskResult* report : reports) families[report->task.type().family].push_back(report->task);
    std::string text;
    std::size_t lines = 0;
    for (const auto& [family, tasks] : families) {
        if (++lines > max_lines) return text + fmt::format("{}...\n", indent);
        text += fmt::format("{}- {} {}\n", indent, tasks.size(), format_task_range(tasks));
    }
    return text;
}

/// One line a task, with the reason.
std::string reason_lines(const Reports& reports, std::string_view indent) {
    std::string text;
    std::size_t lines = 0;
    for (const TaskResult* report : reports) {
        if (++lines > max_lines) return text + fmt::format("{}... and {} more\n", indent, reports.size() - max_lines);
        text += fmt::format("{}- {}{}{}\n", indent, report->task.description(), report->message.empty() ? "" : ": ",
                            report->message);
    }
    return text;
}

bool has_reasons(SummaryGroup group) {
    return group == SummaryGroup::failed || group == SummaryGroup::scheduling_failed ||
           group == SummaryGroup::missing_external || group == SummaryGroup::not_ready ||
           group == SummaryGroup::running_elsewhere;
}

std::string group_lines(const GroupLabel& label, const Reports& reports) {
    const std::string_view outer = label.is_pending ? "    " : "";
    const std::string inner = std::string(outer) + "    ";
    return fmt::format("{}* {} {}:\n{}", outer, reports.size(), label.text,
                       has_reasons(label.group) ? reason_lines(reports, inner) : family_lines(reports, inner));
}

bool ran_again(const SessionResult& result) {
    for (const TaskResult& report : result.tasks)
        if (report.status == TaskStatus::done && report.attempts > 1) return true;
    return false;
}

std::string last_line(const SessionResult& result, const ReportsByGroup& all) {
    const auto looks = [](std::string_view face, std::string_view why) {
        return fmt::format("This progress looks {} because {}", face, why);
    };
    if (all.count_of(SummaryGroup::failed) > 0 && all.count_of(SummaryGroup::scheduling_failed) > 0)
        return looks(":(", "there were failed tasks and tasks whose scheduling failed");
    if (all.count_of(SummaryGroup::failed) > 0) return looks(":(", "there were failed tasks");
    if (all.count_of(SummaryGroup::scheduling_failed) > 0)
        return looks(":(", "there were tasks whose scheduling failed");
    if (result.was_stopped) return looks(":|", "it was stopped by a signal");
    if (all.count_of(SummaryGroup::missing_external) > 0)
        return looks(":|", "there were missing external dependencies");
    if (all.count_of(SummaryGroup::not_ready) > 0) return looks(":|", "something is not there yet");
    if (all.count_of(SummaryGroup::running_elsewhere) > 0)
        return looks(":|", "there were tasks that another worker was running");
    if (all.pending() > 0) return looks(":|", "there were tasks that were not started");
    if (ran_again(result)) return looks(":)", "there were failed attempts but they all succeeded in a retry");
    return looks(":)", "there were no failed tasks or missing dependencies");
}

}  // namespace

std::string summary(const SessionResult& result) {
    const ReportsByGroup all = group_reports(result);
    std::string text = fmt::format("\n{}\n\nScheduled {} tasks of which:\n", banner, result.tasks.size());
    bool is_in_pending = false;
    for (const GroupLabel& label : group_labels()) {
        if (all.count_of(label.group) == 0) continue;
        if (label.is_pending && !is_in_pending)
            text += fmt::format("* {} were left pending, among these:\n", all.pending());
        is_in_pending = label.is_pending;
        text += group_lines(label, all.groups.at(label.group));
    }
    if (all.count_of(SummaryGroup::done) + all.count_of(SummaryGroup::failed) == 0) text += "\nDid not run any tasks\n";
    if (result.undelivered_events > 0)
        text += fmt::format("\n{} events are not delivered yet; the next run tries again\n", result.undelivered_events);
    return text + fmt::format("\n{}\n\n{}\n\n", last_line(result, all), banner);
}

std::string one_line_summary(const SessionResult& result) {
    const ReportsByGroup all = group_reports(result);
    std::vector<std::string> parts;
    const auto count = [&](std::size_t number, std::string_view word) {
        if (number > 0) parts.push_back(fmt::format("{} {}", number, word));
    };
    count(all.count_of(SummaryGroup::complete), "complete");
    count(all.count_of(SummaryGroup::done), "ran");
    count(all.count_of(SummaryGroup::failed), "failed");
    count(all.count_of(SummaryGroup::scheduling_failed), "unknown");
    count(all.pending(), "pending");
    return fmt::format("{} tasks{}{}", result.tasks.size(), parts.empty() ? "" : ": ", joined(parts, ", "));
}

Json::Object summary_fields(const SessionResult& result) {
    const ReportsByGroup all = group_reports(result);
    return {{"tasks", result.tasks.size()},
            {"complete", all.count_of(SummaryGroup::complete)},
            {"ran", all.count_of(SummaryGroup::done)},
            {"failed", all.count_of(SummaryGroup::failed)},
            {"unknown", all.count_of(SummaryGroup::scheduling_failed)},
            {"pending", all.pending()},
            {"undelivered_events", result.undelivered_events},
            {"dur_ms", result.duration.count()}};
}

}  // namespace freshet::run
