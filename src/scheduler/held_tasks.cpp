// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/held_tasks.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace freshet::scheduler {

namespace {

/// Collects tasks and what is connected with them, no task twice.
class Collection {
public:
    explicit Collection(const TaskTable& tasks) : tasks_(tasks) {}

    /// Adds a failed task with its whole run, of which the counts are shown: all that its success would lead to, and
    /// what these require, or nothing where these are too many.
    void add_failed(TaskId failed) {
        std::vector<TaskId> added, upwards;
        bool fits = add_upwards(failed, upwards, added);
        for (std::size_t i = 0; fits && i < upwards.size(); ++i)
            for (const TaskId dependant : tasks_[upwards[i]].dependants)
                if (fits && tasks_[dependant].status != Status::done) fits = add_upwards(dependant, upwards, added);
        for (std::size_t i = 0; fits && i < added.size(); ++i)
            for (const TaskId dep : tasks_[added[i]].deps) fits = fits && add(dep, added);
        if (fits) return;
        for (const TaskId task : added) held_.erase(task);
        too_large_.insert(upwards.begin(), upwards.end());
    }
    std::unordered_set<TaskId> take() { return std::move(held_); }

private:
    /// Returns false when too many are held.
    bool add(TaskId task, std::vector<TaskId>& added) {
        if (held_.insert(task).second) added.push_back(task);
        return held_.size() <= max_held_tasks;
    }
    /// Adds the failed task or one that requires it. Returns false when too many are held, or would be with this one,
    /// as an earlier walk has found: a root with thousands of failed tasks is walked once.
    bool add_upwards(TaskId task, std::vector<TaskId>& upwards, std::vector<TaskId>& added) {
        if (too_large_.contains(task)) return false;
        if (walked_.insert(task).second) upwards.push_back(task);
        return add(task, added);
    }

    const TaskTable& tasks_;
    std::unordered_set<TaskId> held_, walked_;  ///< walked: what requires them was added, or is too large
    std::unordered_set<TaskId> too_large_;
};

}  // namespace

std::unordered_set<TaskId> held_tasks(const SchedulerState& state) {
    std::vector<std::pair<Time, TaskId>> failed;
    for (const auto& [key, tasks] : state.tasks.index().alerted())
        if (key.alert_level >= AlertLevel::retrying) failed.insert(failed.end(), tasks.begin(), tasks.end());
    std::ranges::sort(failed, std::greater());
    if (failed.size() > max_held_tasks) failed.resize(max_held_tasks);
    Collection collection(state.tasks);
    for (const auto& [since, task] : failed) collection.add_failed(task);
    return collection.take();
}

}  // namespace freshet::scheduler
