// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_table.hpp"

#include <algorithm>
#include <unordered_set>

namespace freshet::scheduler {

void TaskTable::depend(TaskId id, std::span<const std::string> deps, Keep keep) {
    const std::vector<TaskId> old = (*this)[id].deps;
    std::unordered_set<TaskId> before(old.begin(), old.end());
    std::unordered_set<TaskId> seen;
    std::vector<TaskId> now;
    const auto add = [&](TaskId dep) {
        if (seen.insert(dep).second) now.push_back(dep);
    };
    if (keep == Keep::old) std::for_each(old.begin(), old.end(), add);
    for (const std::string& dep : deps) add(named(dep));
    if (now == old) return;

    const Place place = place_of((*this)[id], id);
    for (const TaskId dep : now)
        if (!before.contains(dep)) connect(id, dep);
    at(id).deps = now;
    for (const TaskId dep : old)
        if (!seen.contains(dep)) disconnect(id, dep);
    touch(id);
    settle(id, place);
}

void TaskTable::connect(TaskId id, TaskId dep) {
    at(dep).dependants.push_back(id);
    const Place place = place_of((*this)[dep], dep);
    index_.move_root(place);
    at(id).unfinished += !place.finished;
    at(id).blocked += place.blocking;
}

void TaskTable::disconnect(TaskId id, TaskId dep) {
    const Place place = place_of((*this)[dep], dep);
    at(id).unfinished -= !place.finished;
    at(id).blocked -= place.blocking;
    auto& dependants = at(dep).dependants;
    dependants.erase(std::find(dependants.begin(), dependants.end(), id));
    if (dependants.empty()) index_.move_root(place_of((*this)[dep], dep));
    free_if_unused(dep);
}

Crew TaskTable::crew_with(const Crew& crew, const Name& worker) {
    if (std::find(crew->begin(), crew->end(), worker) != crew->end()) return crew;
    std::vector<Name> larger = *crew;
    larger.push_back(worker);
    return crews_.get(larger);
}

Crew TaskTable::crew_without(const Crew& crew, const std::vector<Name>& workers) {
    std::vector<Name> rest = *crew;
    std::erase_if(rest, [&](const Name& worker) { return std::ranges::find(workers, worker) != workers.end(); });
    return crews_.get(rest);
}

}  // namespace freshet::scheduler
