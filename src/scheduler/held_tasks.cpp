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

    /// Adds a failed task with all that its success would need or lead to, or nothing where these are too many.
    void add_failed(TaskId failed) {
        std::vector<TaskId> added;
        add(failed, added);
        for (std::size_t i = 0; i < added.size() && !is_full(); ++i)
            for (const TaskId dependant : tasks_[added[i]].dependants)
                if (tasks_[dependant].status != Status::done) add(dependant, added);
        for (std::size_t i = 0; i < added.size() && !is_full(); ++i)
            if (tasks_[added[i]].status != Status::done)
                for (const TaskId dep : tasks_[added[i]].deps) add(dep, added);
        if (!is_full()) return;
        for (const TaskId task : added) held_.erase(task);
    }
    std::unordered_set<TaskId> take() { return std::move(held_); }

private:
    bool is_full() const { return held_.size() > max_held_tasks; }
    void add(TaskId task, std::vector<TaskId>& added) {
        if (held_.insert(task).second) added.push_back(task);
    }

    const TaskTable& tasks_;
    std::unordered_set<TaskId> held_;
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
