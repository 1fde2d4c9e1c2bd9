// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/roster.hpp"

namespace freshet::scheduler {

void Roster::enter(const Crew& crew, TaskId task) {
    if (crew->empty()) return;
    const auto [tasks, added] = tasks_.try_emplace(crew);
    if (added)
        for (const Name& worker : *crew) crews_of_[worker].insert(crew);
    positions_.enter(tasks->second, task);
}

void Roster::leave(const Crew& crew, TaskId task) {
    if (crew->empty()) return;
    const auto tasks = tasks_.find(crew);
    positions_.leave(tasks->second, task);
    if (!tasks->second.empty()) return;
    for (const Name& worker : *crew) {
        const auto crews = crews_of_.find(worker);
        crews->second.erase(crew);
        if (crews->second.empty()) crews_of_.erase(crews);
    }
    tasks_.erase(tasks);
}

TaskList Roster::tasks_of(const Name& worker) const {
    const auto crews = crews_of_.find(worker);
    if (crews == crews_of_.end()) return {};
    TaskList found;
    for (const Crew& crew : crews->second) {
        const TaskList& tasks = tasks_.at(crew);
        found.insert(found.end(), tasks.begin(), tasks.end());
    }
    return found;
}

}  // namespace freshet::scheduler
