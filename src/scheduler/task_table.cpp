// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_table.hpp"

#include <algorithm>

namespace freshet::scheduler {

std::optional<TaskId> TaskTable::find(std::string_view id) const {
    const auto found = ids_.find(id);
    if (found == ids_.end() || !(*this)[found->second].known) return std::nullopt;
    return found->second;
}

TaskId TaskTable::named(const std::string& id) {
    if (free_.empty()) {
        free_.push_back(TaskId(static_cast<std::uint32_t>(tasks_.size())));
        tasks_.emplace_back();
    }
    Task& fresh = at(free_.back());
    fresh.id = id;  // what the key of a new entry looks into
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
    const TaskId task = named(id);
    become_known(task, now);
    removed_.erase(id);
    return task;
}

void TaskTable::become_known(TaskId id, Time now) {
    const Place before{};
    Task& task = at(id);
    task.known = true;
    task.sequence = ++last_sequence_;
    task.created = task.updated = now;
    task.family = names_.get("");
    task.resources = demands_.get({});
    task.policy = policies_.get({});
    task.visibilities = visibilities_.get({});
    task.workers = task.stakeholders = crews_.get({});
    touch(id);
    settle(id, before);
}

void TaskTable::reserve(std::size_t count) { ids_.reserve(count); }

TaskId TaskTable::restore(Task task) {
    const TaskId id = named(task.id);
    Task& place = at(id);
    // The name in use is the one the map of ids looks into.
    std::string name = std::move(place.id);
    auto dependants = std::move(place.dependants);
    place = std::move(task);
    place.id = std::move(name);
    place.dependants = std::move(dependants);
    place.known = true;
    last_sequence_ = std::max(last_sequence_, place.sequence);
    settle(id, Place{});
    return id;
}

void TaskTable::remove(TaskId id) {
    const Place before = place_of((*this)[id], id);
    Task& task = at(id);
    removed_.insert(task.id);
    const auto deps = std::exchange(task.deps, {});
    for (const TaskId dep : deps) disconnect(id, dep);
    Task forgotten;
    forgotten.id = task.id;
    forgotten.dependants = std::move(task.dependants);
    ids_.erase(task.id);
    task = std::move(forgotten);
    ids_.emplace(task.id, id);
    settle(id, before);
    free_if_unused(id);
}

void TaskTable::settle(TaskId id, const Place& before) {
    std::vector<Wave> waves;
    if (const auto wave = moved(id, before)) waves.push_back(*wave);
    while (!waves.empty()) {
        const Wave wave = waves.back();
        waves.pop_back();
        carry(wave, waves);
    }
}

std::optional<TaskTable::Wave> TaskTable::moved(TaskId id, const Place& before) {
    const Place after = place_of((*this)[id], id);
    index_.move(before, after);
    if (before.finished == after.finished && before.blocking == after.blocking) return std::nullopt;
    return Wave{id, after.finished - before.finished, after.blocking - before.blocking};
}

void TaskTable::carry(const Wave& wave, std::vector<Wave>& further) {
    for (const TaskId dependant : (*this)[wave.task].dependants) {
        Task& task = at(dependant);
        const Place before = place_of(task, dependant);
        task.unfinished -= static_cast<std::uint32_t>(wave.finished);
        task.blocked += static_cast<std::uint32_t>(wave.blocking);
        if (const auto next = moved(dependant, before)) further.push_back(*next);
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
    const auto& tasks = index_.with(status);
    std::vector<TaskId> ids(tasks.begin(), tasks.end());
    sort_by_sequence(ids);
    return ids;
}

void TaskTable::sort_by_sequence(std::vector<TaskId>& ids) const {
    std::sort(ids.begin(), ids.end(), [&](TaskId a, TaskId b) { return (*this)[a].sequence < (*this)[b].sequence; });
}

std::vector<TaskId> TaskTable::take_touched() {
    std::vector<TaskId> ids = std::exchange(touched_, {});
    std::erase_if(ids, [&](TaskId id) { return !std::exchange(at(id).touched, false); });
    sort_by_sequence(ids);
    return ids;
}

void TaskTable::forget_touched() {
    for (const TaskId id : touched_) at(id).touched = false;
    touched_.clear();
}

std::vector<std::string> TaskTable::take_removed() {
    std::vector<std::string> ids(removed_.begin(), removed_.end());
    removed_.clear();
    return ids;
}

}  // namespace freshet::scheduler
