// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/snapshot.hpp"

#include "scheduler/explanation.hpp"
#include "scheduler/queue_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <unordered_set>

namespace freshet::dashboard {

namespace {

void add_removed(Snapshot& snapshot, StalledTasks stalled) {
    snapshot.alerted[static_cast<std::size_t>(stalled.alert_level)] += stalled.similar + 1;
    auto& list = stalled.alert_level == AlertLevel::delayed ? snapshot.late : snapshot.failed;
    ++list.total;
    if (list.items.size() < 2 * max_stalled) list.items.push_back(std::move(stalled));
}

/// Adds the roots that were removed, grouped by family and alert level under the one that failed last.
void add_removed(const SchedulerState& state, Snapshot& snapshot) {
    struct Group {
        const scheduler::RootFailure* newest = nullptr;
        std::size_t tasks = 0;
    };
    std::map<std::pair<AlertLevel, std::string_view>, Group> groups;
    for (const auto& [id, failure] : state.root_failures.all()) {
        Group& group = groups[{failure.alert_level, failure.family}];
        group.tasks += failure.tasks;
        if (!group.newest || group.newest->since < failure.since) group.newest = &failure;
    }
    for (const auto& [key, group] : groups)
        add_removed(snapshot,
                    {.task = {.id = group.newest->task_id, .name = group.newest->name, .status = group.newest->status},
                     .family = group.newest->family,
                     .why = group.newest->why,
                     .since = group.newest->since,
                     .alert_level = key.first,
                     .is_removed = true,
                     .similar = group.tasks - 1});
}

/// Ready tasks that wait for one reason, and the first of them in rank.
struct WaitingGroup {
    scheduler::BlockReason why;
    std::size_t tasks = 0;
    scheduler::Rank next;
};

void add(WaitingGroup& group, scheduler::BlockReason why, const scheduler::RankedTasks& tasks) {
    if (group.tasks == 0 || *tasks.begin() < group.next) group.next = *tasks.begin();
    group.tasks += tasks.size();
    group.why = std::move(why);
}

using ReasonKey = std::pair<std::string, scheduler::Symbol>;  ///< reason, and the family of external tasks

std::map<ReasonKey, WaitingGroup> group_by_reason(const SchedulerState& state, Time now) {
    std::map<ReasonKey, WaitingGroup> lines;
    std::size_t examined = 0;
    for (const auto& [key, queue] : state.tasks.index().ready().all()) {
        if (++examined > max_scanned) break;
        if (are_alerted(state.tasks, queue.tasks)) continue;
        scheduler::BlockReason why =
            block_reason(state, {queue.workers, queue.resources, queue.runnable, queue.family}, now);
        WaitingGroup& line = lines[{why.text, why.is_external ? queue.family : scheduler::Symbol()}];
        add(line, std::move(why), queue.tasks);
    }
    return lines;
}

void add_late(const SchedulerState& state, const WaitingGroup& group, Snapshot& snapshot) {
    ++snapshot.late.total;
    if (snapshot.late.items.size() < max_stalled)
        snapshot.late.items.push_back(stalled_line(state, group.next.task, group.tasks - 1, snapshot.taken));
}

constexpr std::size_t max_running_counted = 10;  // counting may visit many tasks
constexpr std::size_t max_blockers = 3;

void add(const SchedulerState& state, const TaskRef& task, std::vector<BlockingTask>& blockers) {
    if (const auto id = state.tasks.find(task.id)) blockers.push_back({task, count_blocked_by(state.tasks, *id)});
}

}  // namespace

BoundedCount count_blocked_by(const TaskTable& tasks, TaskId root) {
    std::vector<TaskId> found{root};
    std::unordered_set<TaskId> seen{root};
    std::size_t examined = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
        for (const TaskId dependant : tasks[found[i]].dependants) {
            if (++examined > max_dependants) return {found.size() - 1, false};
            if (tasks[dependant].status == Status::done || !seen.insert(dependant).second) continue;
            if (found.size() > max_blocked) return {max_blocked, false};
            found.push_back(dependant);
        }
    return {found.size() - 1, true};
}

StalledTasks stalled_line(const SchedulerState& state, TaskId id, std::size_t similar, Time now) {
    const Task& task = state.tasks[id];
    return {.task = ref_of(task),
            .family = *task.family,
            .why = scheduler::explain_alert(state, id, now),
            .cause = cause_of(state, id),
            .since = scheduler::alert_since(task),
            .alert_level = scheduler::alert_level_of(task),
            .is_disk_full = static_cast<bool>(details(task).full_disk),
            .is_disabled_by_scheduler = details(task).disabled_by_scheduler,
            .similar = similar,
            .blocked = count_blocked_by(state.tasks, id)};
}

void take_stalled(const SchedulerState& state, Snapshot& snapshot) {
    std::vector<std::pair<TaskId, std::size_t>> newest;  // of each group, and its size
    std::size_t unacknowledged = 0;
    for (const auto& [key, tasks] : state.tasks.index().alerted()) {
        newest.emplace_back(tasks.rbegin()->second, tasks.size());
        if (key.status == Status::failed || key.status == Status::disabled) unacknowledged += tasks.size();
        snapshot.alerted[static_cast<std::size_t>(key.alert_level)] += tasks.size();
    }
    snapshot.acknowledged = snapshot.count(Status::failed) + snapshot.count(Status::disabled) - unacknowledged;
    std::ranges::sort(newest, std::greater(), [&](const auto& group) {
        const Task& task = state.tasks[group.first];
        return std::tuple(scheduler::alert_level_of(task), scheduler::alert_since(task), task.sequence);
    });
    for (const auto& [id, tasks] : newest) {
        auto& list =
            scheduler::alert_level_of(state.tasks[id]) == AlertLevel::delayed ? snapshot.late : snapshot.failed;
        ++list.total;
        if (list.items.size() < max_stalled) list.items.push_back(stalled_line(state, id, tasks - 1, snapshot.taken));
    }
    add_removed(state, snapshot);
}

void take_ready_groups(const SchedulerState& state, Snapshot& snapshot) {
    for (const auto& [key, group] : group_by_reason(state, snapshot.taken))
        if (group.why.is_external)
            add_late(state, group, snapshot);
        else
            snapshot.ready_groups.push_back(
                {group.why.text, group.why.needs_operator, ref_of(state.tasks[group.next.task]), group.tasks});
    std::ranges::stable_sort(snapshot.ready_groups, std::greater(), &ReadyGroup::tasks);
    if (snapshot.ready_groups.size() > max_ready_groups) snapshot.ready_groups.resize(max_ready_groups);
    snapshot.ready = state.tasks.index().ready().size();
    snapshot.queued = scheduler::count_queued(state, {}, snapshot.taken).ready;
}

void take_blockers(const SchedulerState& state, Snapshot& snapshot) {
    std::vector<BlockingTask> blockers;
    for (const auto* list : {&snapshot.failed, &snapshot.late})
        for (const StalledTasks& stalled : list->items) blockers.push_back({stalled.task, stalled.blocked});
    for (std::size_t i = 0; i < snapshot.running.items.size() && i < max_running_counted; ++i)
        add(state, snapshot.running.items[i].task, blockers);
    for (const ReadyGroup& group : snapshot.ready_groups) add(state, group.next, blockers);
    std::erase_if(blockers, [](const BlockingTask& blocker) { return blocker.blocked.number == 0; });
    std::ranges::stable_sort(blockers, std::greater(),
                             [](const BlockingTask& blocker) { return blocker.blocked.number; });
    if (blockers.size() > max_blockers) blockers.resize(max_blockers);
    snapshot.blockers = std::move(blockers);
}

}  // namespace freshet::dashboard
