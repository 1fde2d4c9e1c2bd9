// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/bounds.hpp"

#include <map>
#include <tuple>
#include <unordered_set>

namespace freshet::scheduler::page {

namespace {

/// Tasks that one line speaks for, and the one of them that changed last.
struct SimilarTasks {
    TaskId newest{};
    std::size_t tasks = 0;
};

/// Family, whether it only waits, whether it is tried again, whether it could not be planned.
using FailureKey = std::tuple<Symbol, bool, bool, bool>;

bool will_retry(const Task& task) { return task.retry_at != never; }

void add(const TaskTable& tasks, std::map<FailureKey, SimilarTasks>& groups, TaskId id) {
    const Task& task = tasks[id];
    SimilarTasks& similar =
        groups[{task.family, is_expected_delay(task), will_retry(task), task.status == Status::unknown}];
    if (similar.tasks++ == 0 || tasks[similar.newest].updated < task.updated) similar.newest = id;
}

/// What somebody merely requires is nobody's mistake.
bool is_stalled(const Task& task) { return task.status != Status::unknown || details(task).scheduling_failure; }

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

}  // namespace freshet::scheduler::page
