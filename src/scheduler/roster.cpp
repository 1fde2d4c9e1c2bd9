// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/roster.hpp"

namespace freshet::scheduler {

void TasksByWorker::insert(const WorkerSet& worker_set, TaskId task) {
    if (worker_set->empty()) return;
    const auto [tasks, added] = tasks_.try_emplace(worker_set);
    if (added)
        for (const Symbol& worker : *worker_set) worker_sets_of_[worker].insert(worker_set);
    positions_.insert(tasks->second, task);
}

void TasksByWorker::erase(const WorkerSet& worker_set, TaskId task) {
    if (worker_set->empty()) return;
    const auto tasks = tasks_.find(worker_set);
    positions_.erase(tasks->second, task);
    if (!tasks->second.empty()) return;
    for (const Symbol& worker : *worker_set) {
        const auto worker_sets = worker_sets_of_.find(worker);
        worker_sets->second.erase(worker_set);
        if (worker_sets->second.empty()) worker_sets_of_.erase(worker_sets);
    }
    tasks_.erase(tasks);
}

TaskList TasksByWorker::tasks_of(const Symbol& worker) const {
    const auto worker_sets = worker_sets_of_.find(worker);
    if (worker_sets == worker_sets_of_.end()) return {};
    TaskList found;
    for (const WorkerSet& worker_set : worker_sets->second) {
        const TaskList& tasks = tasks_.at(worker_set);
        found.insert(found.end(), tasks.begin(), tasks.end());
    }
    return found;
}

}  // namespace freshet::scheduler
