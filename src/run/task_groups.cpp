// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/task_groups.hpp"

#include <string>
#include <unordered_map>

namespace freshet::run {

namespace {

Group own_group(const TaskReport& report) {
    switch (report.fate) {
        case Fate::was_complete:
            return Group::complete;
        case Fate::ran:
            return Group::ran;
        case Fate::failed:
            return Group::failed;
        case Fate::elsewhere:
            return Group::elsewhere;
        case Fate::not_yet:
            return Group::not_there_yet;
        case Fate::missing:
            return Group::missing_external;
        case Fate::unknown:
            return Group::unknown;
        case Fate::not_started:
            return Group::not_granted;
    }
    return Group::not_granted;
}

/// For each task the waiting ones that require it.
std::vector<std::vector<std::size_t>> waiting_for(const std::vector<TaskReport>& tasks,
                                                  const std::vector<Group>& groups) {
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < tasks.size(); ++i) places.emplace(tasks[i].task.id(), i);
    std::vector<std::vector<std::size_t>> waiting(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (groups[i] != Group::not_granted) continue;
        try {
            for (const AnyTask& required : tasks[i].task.requirements())
                if (const auto place = places.find(required.id()); place != places.end())
                    waiting[place->second].push_back(i);
        } catch (const std::exception&) {
            // Requirements that cannot be told were reported when the run was planned.
        }
    }
    return waiting;
}

/// Gives the group `cause` to all that waits, however far away, for a task of the groups `roots`.
template <class IsRoot>
void spread(Group cause, IsRoot is_root, const std::vector<std::vector<std::size_t>>& waiting,
            std::vector<Group>& groups) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < groups.size(); ++i)
        if (is_root(groups[i])) open.push_back(i);
    while (!open.empty()) {
        const std::size_t required = open.back();
        open.pop_back();
        for (const std::size_t waiter : waiting[required]) {
            if (groups[waiter] != Group::not_granted) continue;
            groups[waiter] = cause;
            open.push_back(waiter);
        }
    }
}

}  // namespace

const std::vector<GroupWords>& group_words() {
    static const std::vector<GroupWords> words{
        {Group::complete, "complete ones were encountered", false},
        {Group::ran, "ran successfully", false},
        {Group::failed, "failed", false},
        {Group::unknown, "failed scheduling", false},
        {Group::missing_external, "were missing external dependencies", true},
        {Group::elsewhere, "were being run by another worker", true},
        {Group::not_there_yet, "need what is not there yet", true},
        {Group::failed_dependencies, "had failed dependencies", true},
        {Group::unknown_dependencies, "had dependencies whose scheduling failed", true},
        {Group::missing_dependencies, "had missing dependencies", true},
        {Group::elsewhere_dependencies, "had dependencies that were being run by other worker", true},
        {Group::not_granted, "were not started", true},
    };
    return words;
}

std::vector<Group> groups_of(const std::vector<TaskReport>& tasks) {
    std::vector<Group> groups;
    bool any_waits = false;
    for (const TaskReport& report : tasks) {
        groups.push_back(own_group(report));
        any_waits = any_waits || groups.back() == Group::not_granted;
    }
    if (!any_waits) return groups;
    const auto waiting = waiting_for(tasks, groups);
    spread(
        Group::failed_dependencies, [](Group g) { return g == Group::failed; }, waiting, groups);
    spread(
        Group::unknown_dependencies, [](Group g) { return g == Group::unknown; }, waiting, groups);
    spread(
        Group::missing_dependencies, [](Group g) { return g == Group::missing_external || g == Group::not_there_yet; },
        waiting, groups);
    spread(
        Group::elsewhere_dependencies, [](Group g) { return g == Group::elsewhere; }, waiting, groups);
    return groups;
}

}  // namespace freshet::run
