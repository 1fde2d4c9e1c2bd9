// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/task_groups.hpp"

#include <string>
#include <unordered_map>

namespace freshet::run {

namespace {

SummaryGroup direct_group(const TaskResult& report) {
    switch (report.status) {
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

/// For each task the waiting ones that require it.
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
            // Requirements that cannot be told were reported when the run was planned.
        }
    }
    return dependents;
}

/// Gives the group `cause` to all that waits, however far away, for a task of the groups `roots`.
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

}  // namespace

const std::vector<GroupLabel>& group_labels() {
    static const std::vector<GroupLabel> labels{
        {SummaryGroup::complete, "complete ones were encountered", false},
        {SummaryGroup::done, "ran successfully", false},
        {SummaryGroup::failed, "failed", false},
        {SummaryGroup::scheduling_failed, "failed scheduling", false},
        {SummaryGroup::missing_external, "were missing external dependencies", true},
        {SummaryGroup::running_elsewhere, "were being run by another worker", true},
        {SummaryGroup::not_ready, "need what is not there yet", true},
        {SummaryGroup::failed_dependencies, "had failed dependencies", true},
        {SummaryGroup::scheduling_failed_dependencies, "had dependencies whose scheduling failed", true},
        {SummaryGroup::missing_dependencies, "had missing dependencies", true},
        {SummaryGroup::running_elsewhere_dependencies, "had dependencies that were being run by other worker", true},
        {SummaryGroup::not_run, "were not started", true},
    };
    return labels;
}

std::vector<SummaryGroup> groups_of(const std::vector<TaskResult>& tasks) {
    std::vector<SummaryGroup> groups;
    bool any_not_run = false;
    for (const TaskResult& report : tasks) {
        groups.push_back(direct_group(report));
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

}  // namespace freshet::run
