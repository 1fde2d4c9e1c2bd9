// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/summary.hpp"

#include "base/printable.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace freshet::run {

namespace {

SummaryGroup direct_group(const TaskResult& result) {
    switch (result.status) {
        case TaskStatus::complete:
            return SummaryGroup::complete;
        case TaskStatus::done:
            return SummaryGroup::done;
        case TaskStatus::failed:
            return SummaryGroup::failed;
        case TaskStatus::running_elsewhere:
            return SummaryGroup::running_elsewhere;
        case TaskStatus::not_ready:
            return SummaryGroup::not_ready;
        case TaskStatus::missing_external:
            return SummaryGroup::missing_external;
        case TaskStatus::scheduling_failed:
            return SummaryGroup::scheduling_failed;
        case TaskStatus::not_run:
            return SummaryGroup::not_run;
    }
    return SummaryGroup::not_run;
}

/// For each task the tasks that were not run and require it.
std::vector<std::vector<std::size_t>> find_dependents(const std::vector<TaskResult>& tasks,
                                                      const std::vector<SummaryGroup>& groups) {
    std::unordered_map<std::string_view, std::size_t> index_by_id;
    for (std::size_t i = 0; i < tasks.size(); ++i) index_by_id.emplace(tasks[i].task.id(), i);
    std::vector<std::vector<std::size_t>> dependents(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (groups[i] != SummaryGroup::not_run) continue;
        try {
            for (const AnyTask& required : tasks[i].task.requirements())
                if (const auto found = index_by_id.find(required.id()); found != index_by_id.end())
                    dependents[found->second].push_back(i);
        } catch (const std::exception&) {
            // Requirements that throw were reported by the plan.
        }
    }
    return dependents;
}

/// Assigns the group `cause` to all direct and indirect dependents that were not run of tasks for which `is_root`.
template <class IsRoot>
void propagate(SummaryGroup cause, IsRoot is_root, const std::vector<std::vector<std::size_t>>& dependents,
               std::vector<SummaryGroup>& groups) {
    std::vector<std::size_t> queue;
    for (std::size_t i = 0; i < groups.size(); ++i)
        if (is_root(groups[i])) queue.push_back(i);
    while (!queue.empty()) {
        const std::size_t required = queue.back();
        queue.pop_back();
        for (const std::size_t dependent : dependents[required]) {
            if (groups[dependent] != SummaryGroup::not_run) continue;
            groups[dependent] = cause;
            queue.push_back(dependent);
        }
    }
}

struct GroupLabel {
    SummaryGroup group;
    std::string_view text;  ///< of several
    bool is_pending;        ///< counts as left pending
};

/// One row for each group, in order.
constexpr GroupLabel group_labels[] = {
    {SummaryGroup::complete, "complete ones were encountered", false},
    {SummaryGroup::done, "ran successfully", false},
    {SummaryGroup::failed, "failed", false},
    {SummaryGroup::scheduling_failed, "failed scheduling", false},
    {SummaryGroup::missing_external, "were missing external dependencies", true},
    {SummaryGroup::running_elsewhere, "were being run by another worker", true},
    {SummaryGroup::not_ready, "were not ready", true},
    {SummaryGroup::failed_dependencies, "had failed dependencies", true},
    {SummaryGroup::scheduling_failed_dependencies, "had dependencies whose scheduling failed", true},
    {SummaryGroup::missing_dependencies, "had missing dependencies", true},
    {SummaryGroup::running_elsewhere_dependencies, "had dependencies that were being run by other worker", true},
    {SummaryGroup::not_run, "were not started", true},
};

}  // namespace

std::vector<SummaryGroup> groups_of(const std::vector<TaskResult>& tasks) {
    std::vector<SummaryGroup> groups;
    groups.reserve(tasks.size());
    bool any_not_run = false;
    for (const TaskResult& result : tasks) {
        groups.push_back(direct_group(result));
        any_not_run = any_not_run || groups.back() == SummaryGroup::not_run;
    }
    if (!any_not_run) return groups;
    const auto dependents = find_dependents(tasks, groups);
    propagate(
        SummaryGroup::failed_dependencies, [](SummaryGroup g) { return g == SummaryGroup::failed; }, dependents,
        groups);
    propagate(
        SummaryGroup::scheduling_failed_dependencies,
        [](SummaryGroup g) { return g == SummaryGroup::scheduling_failed; }, dependents, groups);
    propagate(
        SummaryGroup::missing_dependencies,
        [](SummaryGroup g) { return g == SummaryGroup::missing_external || g == SummaryGroup::not_ready; }, dependents,
        groups);
    propagate(
        SummaryGroup::running_elsewhere_dependencies,
        [](SummaryGroup g) { return g == SummaryGroup::running_elsewhere; }, dependents, groups);
    return groups;
}

namespace {

constexpr std::size_t max_length = 200;     // as Luigi: more than a line or two is no summary
constexpr std::size_t max_compared = 1000;  // comparing more would take longer than planning the run

struct Range {
    std::string_view name;
    std::string first, last;
};

bool is_number(const std::string& text) {
    const auto digits = text.starts_with('-') ? text.substr(1) : text;
    return !digits.empty() && digits.size() < 18 && digits.find_first_not_of("0123456789") == digits.npos;
}

bool comes_before(const std::string& a, const std::string& b) {
    return is_number(a) && is_number(b) ? std::stoll(a) < std::stoll(b) : a < b;
}

/// The only parameter in which the tasks differ; nullopt when there are more.
std::optional<Range> only_difference(const std::vector<AnyTask>& tasks) {
    std::vector<Values> all;
    for (const AnyTask& task : tasks) all.push_back(task.values());
    std::optional<Range> range;
    for (const Parameter& p : tasks.front().type().parameters) {
        if (!p.is_in_id()) continue;
        const auto value = [&](const Values& values) -> const std::string& { return values.find(p.name)->second; };
        const auto [min, max] = std::ranges::minmax_element(all, comes_before, value);
        if (value(*min) == value(*max)) continue;
        if (range) return std::nullopt;
        range = Range{p.name, value(*min), value(*max)};
    }
    return range;
}

/// The description of the task with a range as one value, without parameters that have their default.
std::string format_with_range(const AnyTask& task, const Range& range) {
    std::string text;
    const Values values = task.values();
    for (const Parameter& p : task.type().parameters) {
        if (!p.is_in_id()) continue;
        const bool differs = p.name == range.name;
        const std::string& value = values.find(p.name)->second;
        if (!differs && !p.is_required && value == p.write(task.type().defaults())) continue;
        text += fmt::format("{}{}={}", text.empty() ? "" : ", ", p.name,
                            printable_line(differs ? fmt::format("{}...{}", range.first, range.last) : value));
    }
    return fmt::format("{}({})", task.type().family, text);
}

}  // namespace

std::string format_task_range(const std::vector<AnyTask>& tasks) {
    const std::string first = tasks.front().description();
    if (first.size() > max_length) return fmt::format("{}(...)", tasks.front().type().family);
    if (tasks.size() == 1) return first;
    if (tasks.size() == 2) return fmt::format("{} and {}", first, tasks.back().description());
    const auto range = tasks.size() <= max_compared ? only_difference(tasks) : std::nullopt;
    return range ? format_with_range(tasks.front(), *range) : first + " ...";
}

namespace {

constexpr std::string_view banner = "===== Freshet Execution Summary =====";
constexpr std::size_t max_lines = 5;  // per group, as Luigi; the history has all

using Results = std::vector<const TaskResult*>;

struct ResultsByGroup {
    std::map<SummaryGroup, Results> groups;
    std::size_t count_of(SummaryGroup group) const {
        const auto found = groups.find(group);
        return found == groups.end() ? 0 : found->second.size();
    }
    std::size_t pending() const {
        std::size_t count = 0;
        for (const GroupLabel& label : group_labels)
            if (label.is_pending) count += count_of(label.group);
        return count;
    }
};

ResultsByGroup group_results(const SessionResult& result) {
    ResultsByGroup all;
    const auto groups = groups_of(result.tasks);
    for (std::size_t i = 0; i < groups.size(); ++i) all.groups[groups[i]].push_back(&result.tasks[i]);
    return all;
}

/// One line per family.
std::string family_lines(const Results& results, std::string_view indent) {
    struct Family {
        std::size_t count = 0;
        std::vector<AnyTask> first{};  ///< as many as tell that there are too many to compare
    };
    std::map<std::string_view, Family> families;
    for (const TaskResult* result : results) {
        Family& family = families[result->task.type().family];
        if (family.count++ <= max_compared) family.first.push_back(result->task);
    }
    std::string text;
    std::size_t lines = 0;
    for (const auto& [name, family] : families) {
        if (++lines > max_lines) return text + fmt::format("{}...\n", indent);
        text += fmt::format("{}- {} {}\n", indent, family.count, format_task_range(family.first));
    }
    return text;
}

/// One line per task, with the reason.
std::string reason_lines(const Results& results, std::string_view indent) {
    std::string text;
    std::size_t lines = 0;
    for (const TaskResult* result : results) {
        if (++lines > max_lines) return text + fmt::format("{}... and {} more\n", indent, results.size() - max_lines);
        text += fmt::format("{}- {}{}{}\n", indent, result->task.description(), result->message.empty() ? "" : ": ",
                            printable_line(result->message));
    }
    return text;
}

bool has_reasons(SummaryGroup group, const Results& results) {
    if (group == SummaryGroup::not_run)
        return std::ranges::any_of(results, [](const TaskResult* result) { return !result->message.empty(); });
    return group == SummaryGroup::failed || group == SummaryGroup::scheduling_failed ||
           group == SummaryGroup::missing_external || group == SummaryGroup::not_ready ||
           group == SummaryGroup::running_elsewhere;
}

/// "were not ready" of several, "was not ready" of one.
std::string text_of(const GroupLabel& label, std::size_t count) {
    if (count != 1) return std::string(label.text);
    if (label.group == SummaryGroup::complete) return "complete one was encountered";
    constexpr std::string_view were = "were ";
    return label.text.starts_with(were) ? fmt::format("was {}", label.text.substr(were.size()))
                                        : std::string(label.text);
}

std::string group_lines(const GroupLabel& label, const Results& results) {
    const std::string_view outer = label.is_pending ? "    " : "";
    const std::string inner = std::string(outer) + "    ";
    return fmt::format("{}* {} {}:\n{}", outer, results.size(), text_of(label, results.size()),
                       has_reasons(label.group, results) ? reason_lines(results, inner) : family_lines(results, inner));
}

bool ran_again(const SessionResult& result) {
    for (const TaskResult& task : result.tasks)
        if (task.status == TaskStatus::done && task.attempts > 1) return true;
    return false;
}

std::string last_line(const SessionResult& result, const ResultsByGroup& all) {
    const auto looks = [](std::string_view face, std::string_view why) {
        return fmt::format("This progress looks {} because {}", face, why);
    };
    if (all.count_of(SummaryGroup::failed) > 0 && all.count_of(SummaryGroup::scheduling_failed) > 0)
        return looks(":(", "there were failed tasks and tasks whose scheduling failed");
    if (all.count_of(SummaryGroup::failed) > 0) return looks(":(", "there were failed tasks");
    if (all.count_of(SummaryGroup::scheduling_failed) > 0)
        return looks(":(", "there were tasks whose scheduling failed");
    if (result.was_stopped && !result.succeeded()) return looks(":|", "it was stopped by a signal");
    if (all.count_of(SummaryGroup::missing_external) > 0)
        return looks(":|", "there were missing external dependencies");
    if (all.count_of(SummaryGroup::not_ready) > 0) return looks(":|", "some data is not available yet");
    if (all.count_of(SummaryGroup::running_elsewhere) > 0)
        return looks(":|", "there were tasks that another worker was running");
    if (all.pending() > 0) return looks(":|", "there were tasks that were not started");
    if (ran_again(result)) return looks(":)", "there were failed attempts but they all succeeded in a retry");
    return looks(":)", "there were no failed tasks or missing dependencies");
}

/// "1 event", "2 events"
std::string counted(std::int64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::vector<std::string> undelivered_lines(const std::vector<SinkBacklog>& backlogs) {
    std::vector<std::string> lines;
    const auto why = [](const SinkBacklog& backlog) {
        return backlog.last_error.empty() ? std::string() : ": " + printable_line(backlog.last_error);
    };
    for (const SinkBacklog& backlog : backlogs) {
        if (!backlog.is_configured) {
            lines.push_back(printable_line(fmt::format(
                "{} for {}, which is not in the configuration any more; 'events skip --all --sink \"{}\"' gives {} up",
                counted(backlog.undelivered(), "event"), backlog.sink, backlog.sink,
                backlog.undelivered() == 1 ? "it" : "them")));
            continue;
        }
        if (backlog.pending > 0)
            lines.push_back(fmt::format("{} not delivered yet to {}{}; the next run or 'deliver' tries again",
                                        counted(backlog.pending, "event"), backlog.sink, why(backlog)));
        if (backlog.dead > 0)
            lines.push_back(
                fmt::format("{} not delivered to {}, which refused {} too often{}; 'events' lists, resends or skips {}",
                            counted(backlog.dead, "event"), backlog.sink, backlog.dead == 1 ? "it" : "them",
                            backlog.pending > 0 ? "" : why(backlog), backlog.dead == 1 ? "it" : "them"));
    }
    return lines;
}

namespace {

/// True when nobody can compare it with what was published.
bool is_without_receipt(const AnyTarget& output) { return !output.has_receipts() && !output.receipt(); }

/// The families that ran, of which an output cannot be verified: one line, or "".
std::string unverifiable_line(const std::vector<TaskResult>& tasks) {
    std::vector<std::string> found;
    std::unordered_set<std::string_view> seen;
    for (const TaskResult& result : tasks) {
        const TaskType& type = result.task.type();
        if (result.status != TaskStatus::done || !type.has_outputs || !seen.insert(type.family).second) continue;
        try {
            if (std::ranges::any_of(result.task.outputs(), is_without_receipt)) found.emplace_back(type.family);
        } catch (const std::exception&) {
            // It has just been made: `verify` says what is wrong with its receipt.
        }
    }
    if (found.empty()) return {};
    return fmt::format("Outputs of {} cannot be verified: the classes of these targets keep no receipts\n",
                       joined(found, ", "));
}

}  // namespace

std::string summary(const SessionResult& result) {
    const ResultsByGroup all = group_results(result);
    std::string text = fmt::format("\n{}\n\nScheduled {} of which:\n", banner,
                                   counted(static_cast<std::int64_t>(result.tasks.size()), "task"));
    bool is_in_pending = false;
    for (const GroupLabel& label : group_labels) {
        if (all.count_of(label.group) == 0) continue;
        if (label.is_pending && !is_in_pending)
            text +=
                fmt::format("* {} {} left pending, among these:\n", all.pending(), all.pending() == 1 ? "was" : "were");
        is_in_pending = label.is_pending;
        text += group_lines(label, all.groups.at(label.group));
    }
    if (all.count_of(SummaryGroup::done) + all.count_of(SummaryGroup::failed) == 0) text += "\nDid not run any tasks\n";
    if (const std::string line = unverifiable_line(result.tasks); !line.empty()) text += "\n" + line;
    const auto undelivered = undelivered_lines(result.undelivered);
    if (!undelivered.empty()) text += fmt::format("\n{}\n", joined(undelivered, "\n"));
    return text + fmt::format("\n{}\n\n{}\n\n", last_line(result, all), banner);
}

std::string one_line_summary(const SessionResult& result) {
    const ResultsByGroup all = group_results(result);
    std::vector<std::string> parts;
    const auto count = [&](std::size_t number, std::string_view word) {
        if (number > 0) parts.push_back(fmt::format("{} {}", number, word));
    };
    count(all.count_of(SummaryGroup::complete), "complete");
    count(all.count_of(SummaryGroup::done), "ran");
    count(all.count_of(SummaryGroup::failed), "failed");
    count(all.count_of(SummaryGroup::scheduling_failed), "unknown");
    count(all.pending(), "pending");
    const auto undelivered = result.undelivered_events();
    return fmt::format("{}{}{}{}", counted(static_cast<std::int64_t>(result.tasks.size()), "task"),
                       parts.empty() ? "" : ": ", joined(parts, ", "),
                       undelivered > 0 ? fmt::format("; {} undelivered", counted(undelivered, "event")) : "");
}

Json::Object summary_fields(const SessionResult& result) {
    const ResultsByGroup all = group_results(result);
    return {{"tasks", result.tasks.size()},
            {"complete", all.count_of(SummaryGroup::complete)},
            {"ran", all.count_of(SummaryGroup::done)},
            {"failed", all.count_of(SummaryGroup::failed)},
            {"unknown", all.count_of(SummaryGroup::scheduling_failed)},
            {"pending", all.pending()},
            {"undelivered_events", result.undelivered_events()},
            {"dur_ms", result.duration.count()}};
}

}  // namespace freshet::run
