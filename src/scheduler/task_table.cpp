// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_table.hpp"

#include <algorithm>
#include <unordered_set>

namespace freshet::scheduler {

std::optional<TaskId> TaskTable::find(std::string_view id) const {
    const auto found = ids_.find(id);
    if (found == ids_.end() || !(*this)[found->second].known) return std::nullopt;
    return found->second;
}

TaskId TaskTable::find_or_create(const std::string& id) {
    if (free_.empty()) {
        free_.push_back(TaskId(static_cast<std::uint32_t>(tasks_.size())));
        tasks_.emplace_back();
    }
    Task& fresh = at(free_.back());
    fresh.id = id;  // the map's key is a view of it
    const auto [found, added] = ids_.try_emplace(fresh.id, free_.back());
    if (added)
        free_.pop_back();
    else
        fresh.id.clear();
    return found->second;
}

void TaskTable::free_if_unused(TaskId id) {
    Task& task = at(id);
    if (task.known || !task.dependants.empty()) return;
    ids_.erase(task.id);
    task = Task{};
    free_.push_back(id);
}

TaskId TaskTable::add(const std::string& id, Time now) {
    const TaskId task = find_or_create(id);
    initialize(task, now);
    removed_.erase(id);
    return task;
}

void TaskTable::initialize(TaskId id, Time now) {
    const IndexKey before{};
    search_index_.erase(id);
    Task& task = at(id);
    task.known = true;
    task.sequence = ++last_sequence_;
    task.created = task.updated = now;
    task.family = symbols_.intern("");
    task.resources = resource_requests_.intern({});
    task.policy = policies_.intern({});
    task.visibilities = visibilities_.intern({});
    task.workers = task.stakeholders = worker_sets_.intern({});
    mark_dirty(id);
    reindex(id, before);
}

void TaskTable::reserve(std::size_t count) { ids_.reserve(count); }

TaskId TaskTable::restore(Task task) {
    const TaskId id = find_or_create(task.id);
    Task& slot = at(id);
    // The map's key is a view of the id in the slot: keep that.
    std::string name = std::move(slot.id);
    auto dependants = std::move(slot.dependants);
    slot = std::move(task);
    slot.id = std::move(name);
    slot.dependants = std::move(dependants);
    slot.known = true;
    search_index_.erase(id);
    search_index_.set_has_error(id, static_cast<bool>(slot.expl));
    last_sequence_ = std::max(last_sequence_, slot.sequence);
    reindex(id, IndexKey{});
    return id;
}

void TaskTable::remove(TaskId id) {
    const IndexKey before = index_key((*this)[id], id);
    Task& task = at(id);
    search_index_.erase(id);
    removed_.insert(task.id);
    const auto deps = std::exchange(task.deps, {});
    for (const TaskId dep : deps) remove_edge(id, dep);
    Task placeholder;
    placeholder.id = task.id;
    placeholder.dependants = std::move(task.dependants);
    ids_.erase(task.id);
    task = std::move(placeholder);
    ids_.emplace(task.id, id);
    reindex(id, before);
    free_if_unused(id);
}

void TaskTable::reindex(TaskId id, const IndexKey& before) {
    if (before.family != (*this)[id].family)
        move_edges(id, edge_family(before.family), edge_family((*this)[id].family));
    std::vector<Propagation> propagations;
    if (const auto propagation = update_index(id, before)) propagations.push_back(*propagation);
    while (!propagations.empty()) {
        const Propagation propagation = propagations.back();
        propagations.pop_back();
        propagate(propagation, propagations);
    }
}

std::optional<TaskTable::Propagation> TaskTable::update_index(TaskId id, const IndexKey& before) {
    const IndexKey after = index_key((*this)[id], id);
    index_.update(before, after);
    if (before.finished == after.finished && before.blocking == after.blocking) return std::nullopt;
    return Propagation{id, after.finished - before.finished, after.blocking - before.blocking};
}

void TaskTable::propagate(const Propagation& propagation, std::vector<Propagation>& further) {
    for (const TaskId dependant : (*this)[propagation.task].dependants) {
        Task& task = at(dependant);
        const IndexKey before = index_key(task, dependant);
        task.unfinished -= static_cast<std::uint32_t>(propagation.finished);
        task.blocked += static_cast<std::uint32_t>(propagation.blocking);
        if (const auto next = update_index(dependant, before)) further.push_back(*next);
    }
}

std::vector<TaskId> TaskTable::in_order() const {
    std::vector<TaskId> ids;
    for (std::size_t i = 0; i < tasks_.size(); ++i)
        if (tasks_[i].known) ids.push_back(static_cast<TaskId>(i));
    sort_by_sequence(ids);
    return ids;
}

std::vector<TaskId> TaskTable::in_order(Status status) const {
    const auto& tasks = index_.with_status(status);
    std::vector<TaskId> ids(tasks.begin(), tasks.end());
    sort_by_sequence(ids);
    return ids;
}

void TaskTable::sort_by_sequence(std::vector<TaskId>& ids) const {
    std::sort(ids.begin(), ids.end(), [&](TaskId a, TaskId b) { return (*this)[a].sequence < (*this)[b].sequence; });
}

std::vector<TaskId> TaskTable::take_dirty() {
    std::vector<TaskId> ids = std::exchange(dirty_, {});
    std::erase_if(ids, [&](TaskId id) { return !std::exchange(at(id).dirty, false); });
    sort_by_sequence(ids);
    return ids;
}

void TaskTable::clear_dirty() {
    for (const TaskId id : dirty_) at(id).dirty = false;
    dirty_.clear();
}

std::vector<std::string> TaskTable::take_removed() {
    std::vector<std::string> ids(removed_.begin(), removed_.end());
    removed_.clear();
    return ids;
}

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
    count_edge(id, dep, 1);
    const IndexKey key = index_key((*this)[dep], dep);
    index_.update_root(key);
    at(id).unfinished += !key.finished;
    at(id).blocked += key.blocking;
}

void TaskTable::remove_edge(TaskId id, TaskId dep) {
    const IndexKey key = index_key((*this)[dep], dep);
    at(id).unfinished -= !key.finished;
    at(id).blocked -= key.blocking;
    count_edge(id, dep, -1);
    auto& dependants = at(dep).dependants;
    dependants.erase(std::find(dependants.begin(), dependants.end(), id));
    if (dependants.empty()) index_.update_root(index_key((*this)[dep], dep));
    free_if_unused(dep);
}

void TaskTable::count_edge(TaskId id, TaskId dep, std::int64_t step) {
    family_edges_.add(edge_family((*this)[id].family), edge_family((*this)[dep].family), step);
}

/// Counts the edges of a task by its family after a change. A task that requires itself has one edge to itself.
void TaskTable::move_edges(TaskId id, const Symbol& before, const Symbol& after) {
    if (before == after) return;
    const Task& task = (*this)[id];
    for (const TaskId dep : task.deps) {
        const Symbol family = edge_family((*this)[dep].family);
        family_edges_.add(before, dep == id ? before : family, -1);
        family_edges_.add(after, dep == id ? after : family, 1);
    }
    for (const bool is_after : {false, true})
        for (const TaskId dependant : task.dependants)
            if (dependant != id)
                family_edges_.add(edge_family((*this)[dependant].family), is_after ? after : before, is_after ? 1 : -1);
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
