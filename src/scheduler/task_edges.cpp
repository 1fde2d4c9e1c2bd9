// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_table.hpp"

#include <algorithm>
#include <unordered_set>

namespace freshet::scheduler {

void TaskTable::set_dependencies(TaskId id, std::span<const std::string> deps, DependencyUpdate update) {
    const std::vector<TaskId> old = (*this)[id].deps;
    std::unordered_set<TaskId> before(old.begin(), old.end());
    std::unordered_set<TaskId> seen;
    std::vector<TaskId> now;
    const auto add = [&](TaskId dep) {
        if (seen.insert(dep).second) now.push_back(dep);
    };
    if (update == DependencyUpdate::append) std::for_each(old.begin(), old.end(), add);
    for (const std::string& dep : deps) add(find_or_create(dep));
    if (now == old) return;

    const IndexKey key = index_key((*this)[id], id);
    for (const TaskId dep : now)
        if (!before.contains(dep)) add_edge(id, dep);
    at(id).deps = now;
    for (const TaskId dep : old)
        if (!seen.contains(dep)) remove_edge(id, dep);
    mark_dirty(id);
    reindex(id, key);
}

void TaskTable::add_edge(TaskId id, TaskId dep) {
    at(dep).dependants.push_back(id);
    const IndexKey key = index_key((*this)[dep], dep);
    index_.update_root(key);
    at(id).unfinished += !key.finished;
    at(id).blocked += key.blocking;
}

void TaskTable::remove_edge(TaskId id, TaskId dep) {
    const IndexKey key = index_key((*this)[dep], dep);
    at(id).unfinished -= !key.finished;
    at(id).blocked -= key.blocking;
    auto& dependants = at(dep).dependants;
    dependants.erase(std::find(dependants.begin(), dependants.end(), id));
    if (dependants.empty()) index_.update_root(index_key((*this)[dep], dep));
    free_if_unused(dep);
}

WorkerSet TaskTable::worker_set_with(const WorkerSet& worker_set, const Symbol& worker) {
    if (std::find(worker_set->begin(), worker_set->end(), worker) != worker_set->end()) return worker_set;
    std::vector<Symbol> larger = *worker_set;
    larger.push_back(worker);
    return worker_sets_.intern(larger);
}

WorkerSet TaskTable::worker_set_without(const WorkerSet& worker_set, const std::vector<Symbol>& workers) {
    std::vector<Symbol> rest = *worker_set;
    std::erase_if(rest, [&](const Symbol& worker) { return std::ranges::find(workers, worker) != workers.end(); });
    return worker_sets_.intern(rest);
}

}  // namespace freshet::scheduler
