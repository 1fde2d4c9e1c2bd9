// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/worker_table.hpp"

#include "rpc/requests.hpp"

#include <algorithm>
#include <utility>

namespace freshet::scheduler {

namespace {

constexpr std::size_t max_disconnected = 1000;  // most of them belong to programs that have ended

}  // namespace

const Json& info_value(const Json::Object& info, std::string_view name) {
    static const Json unknown;
    const auto found = std::find_if(info.begin(), info.end(), [&](const auto& m) { return m.first == name; });
    return found == info.end() ? unknown : found->second;
}

const Json& info_value(const Worker& worker, std::string_view name) { return info_value(worker.info, name); }

std::string info_text(const Json::Object& info, std::string_view name) {
    const Json& text = info_value(info, name);
    return text.is_string() ? text.as_string() : std::string();
}

std::string run_id(const Json::Object& info) {
    const Json& run = info_value(info, rpc::run_keys::run);
    return run.is_object() ? info_text(run.as_object(), rpc::run_keys::run_id) : std::string();
}

void set_info(Worker& worker, const std::string& name, Json value) {
    const auto found =
        std::find_if(worker.info.begin(), worker.info.end(), [&](const auto& m) { return m.first == name; });
    if (found == worker.info.end())
        worker.info.emplace_back(name, std::move(value));
    else
        found->second = std::move(value);
}

bool is_assistant(const Worker& worker) {
    const Json& value = info_value(worker, "assistant");
    return value.is_bool() && value.as_bool();
}

bool serves_family(const Worker& worker, const std::string& family) {
    const Json& families = info_value(worker, "families");
    return families.is_array() && std::ranges::count(families.as_array(), Json(family)) > 0;
}

std::int64_t slots(const Worker& worker) {
    const Json& value = info_value(worker, "workers");
    return value.is_integer() ? value.as_integer() : 1;
}

Worker* WorkerTable::find(std::string_view name) {
    const auto found = workers_.find(name);
    return found == workers_.end() ? nullptr : &found->second;
}

const Worker* WorkerTable::find(std::string_view name) const {
    const auto found = workers_.find(name);
    return found == workers_.end() ? nullptr : &found->second;
}

Worker& WorkerTable::get(const std::string& name, Time now) {
    const auto [found, added] = workers_.try_emplace(name);
    if (added) {
        found->second.name = symbols_.intern(name);
        found->second.started = found->second.last_active = now;
        if (auto disconnected = disconnected_.extract(name)) {
            found->second.batchers = std::move(disconnected.mapped().batchers);
            found->second.info = std::move(disconnected.mapped().info);
        }
        removed_.erase(name);
        dirty_.insert(name);
    }
    return found->second;
}

Worker& WorkerTable::record_heartbeat(const std::string& name, Time now) {
    Worker& worker = get(name, now);
    worker.last_active = now;
    return worker;
}

void WorkerTable::restore(Worker worker) {
    const std::string name = *worker.name;
    (worker.is_disconnected ? disconnected_ : workers_).insert_or_assign(name, std::move(worker));
}

void WorkerTable::forget(const std::string& name) {
    workers_.erase(name);
    disconnected_.erase(name);
    dirty_.erase(name);
    removed_.insert(name);
}

void WorkerTable::remove(const std::string& name) {
    auto gone = workers_.extract(name);
    const bool has_run = gone && !run_id(gone.mapped().info).empty();
    if (gone && (has_run || !gone.mapped().batchers.empty())) {
        const Worker& worker = gone.mapped();
        disconnected_[name] = {.name = worker.name,
                               .last_active = worker.last_active,
                               .info = has_run ? worker.info : Json::Object{},
                               .batchers = worker.batchers,
                               .is_disconnected = true};
        dirty_.insert(name);
        evict_oldest();
        return;
    }
    dirty_.erase(name);
    removed_.insert(name);
}

void WorkerTable::add_batcher(const std::string& name, const std::string& family, Batcher batcher, Time now) {
    Worker* worker = find(name);
    if (!worker) {
        worker = &disconnected_[name];
        worker->name = symbols_.intern(name);
        worker->last_active = now;
        worker->is_disconnected = true;
    }
    worker->batchers.insert_or_assign(family, std::move(batcher));
    mark_dirty(*worker);
    removed_.erase(name);
    evict_oldest();
}

void WorkerTable::evict_oldest() {
    if (disconnected_.size() <= max_disconnected) return;
    const auto oldest = std::ranges::min_element(
        disconnected_, {}, [](const auto& disconnected) { return disconnected.second.last_active; });
    dirty_.erase(oldest->first);
    removed_.insert(oldest->first);
    disconnected_.erase(oldest);
}

Time WorkerTable::oldest_heartbeat() const {
    Time earliest = never;
    for (const auto& [name, worker] : workers_) earliest = std::min(earliest, worker.last_active);
    return earliest;
}

void WorkerTable::shift_heartbeats(Time::duration silence) {
    for (auto& [name, worker] : workers_) {
        worker.last_active += silence;
        if (worker.last_get_work) *worker.last_get_work += silence;
    }
}

void WorkerTable::record_heartbeats(Time now) {
    for (auto& [name, worker] : workers_) worker.last_active = now;
}

void WorkerTable::shift_times(Time::duration change) {
    shift_heartbeats(change);
    for (auto& [name, worker] : workers_) {
        worker.started += change;
        dirty_.insert(name);
    }
}

void WorkerTable::mark_dirty(const Worker& worker) { dirty_.insert(*worker.name); }

std::vector<const Worker*> WorkerTable::take_dirty() {
    std::vector<const Worker*> workers;
    for (const std::string& name : std::exchange(dirty_, {})) {
        const Worker* known = find(name);
        workers.push_back(known ? known : &disconnected_.at(name));
    }
    return workers;
}

std::set<std::string> WorkerTable::take_removed() { return std::exchange(removed_, {}); }

}  // namespace freshet::scheduler
