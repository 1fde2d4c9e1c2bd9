// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/snapshot.hpp"

#include "scheduler/explanation.hpp"

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <unordered_set>

namespace freshet::dashboard {

namespace {

/// Group of similar tasks, represented by the one that changed last.
struct SimilarTasks {
    TaskId newest{};
    std::size_t tasks = 0;
};

/// Family, is an expected delay, will be retried, is a scheduling failure.
using FailureKey = std::tuple<scheduler::Symbol, bool, bool, bool>;

bool will_retry(const Task& task) { return task.retry_at != scheduler::never; }

void add(const TaskTable& tasks, std::map<FailureKey, SimilarTasks>& groups, TaskId id) {
    const Task& task = tasks[id];
    SimilarTasks& similar =
        groups[{task.family, is_expected_delay(task), will_retry(task), task.status == Status::unknown}];
    if (similar.tasks++ == 0 || tasks[similar.newest].updated < task.updated) similar.newest = id;
}

/// Returns false for an UNKNOWN task that is merely required by others, which is no failure.
bool is_stalled(const Task& task) { return task.status != Status::unknown || details(task).scheduling_failure; }

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
            .why = explain(state, id, now),
            .since = task.updated,
            .will_retry = will_retry(task),
            .similar = similar,
            .blocked = count_blocked_by(state.tasks, id)};
}

void take_stalled(const SchedulerState& state, Snapshot& snapshot) {
    std::map<FailureKey, SimilarTasks> groups;
    for (const Status status : {Status::disabled, Status::failed, Status::unknown}) {
        std::size_t examined = 0, skipped = 0;
        for (const TaskId id : state.tasks.index().with_status(status)) {
            const bool counts = is_stalled(state.tasks[id]);
            snapshot.all_stalled_seen = snapshot.all_stalled_seen && examined < max_scanned && skipped < max_skipped;
            if (examined == max_scanned || skipped == max_skipped) break;
            ++(counts ? examined : skipped);
            if (counts) add(state.tasks, groups, id);
        }
    }
    std::vector<std::pair<FailureKey, SimilarTasks>> newest(groups.begin(), groups.end());
    std::ranges::sort(newest, [&](const auto& a, const auto& b) {
        const Task& one = state.tasks[a.second.newest];
        const Task& other = state.tasks[b.second.newest];
        return std::tuple(will_retry(one), other.updated, other.sequence) <
               std::tuple(will_retry(other), one.updated, one.sequence);
    });
    for (const auto& [key, similar] : newest) {
        auto& list = std::get<1>(key) ? snapshot.late : snapshot.failed;
        ++list.total;
        if (list.items.size() < max_stalled)
            list.items.push_back(stalled_line(state, similar.newest, similar.tasks - 1, snapshot.taken));
    }
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
