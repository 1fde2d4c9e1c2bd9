// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/worker.hpp"

#include <algorithm>

namespace freshet::scheduler {

const Json& fact(const Worker& worker, std::string_view name) {
    static const Json unknown;
    const auto found =
        std::find_if(worker.info.begin(), worker.info.end(), [&](const auto& m) { return m.first == name; });
    return found == worker.info.end() ? unknown : found->second;
}

void set_fact(Worker& worker, const std::string& name, Json value) {
    const auto found =
        std::find_if(worker.info.begin(), worker.info.end(), [&](const auto& m) { return m.first == name; });
    if (found == worker.info.end())
        worker.info.emplace_back(name, std::move(value));
    else
        found->second = std::move(value);
}

bool is_assistant(const Worker& worker) {
    const Json& said = fact(worker, "assistant");
    return said.is_bool() && said.as_bool();
}

std::int64_t slots(const Worker& worker) {
    const Json& said = fact(worker, "workers");
    return said.is_integer() ? said.as_integer() : 1;
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
        found->second.name = names_.get(name);
        found->second.started = found->second.last_active = now;
        removed_.erase(name);
        marked_.insert(name);
    }
    return found->second;
}

Worker& WorkerTable::touch(const std::string& name, Time now) {
    Worker& worker = get(name, now);
    worker.last_active = now;
    return worker;
}

void WorkerTable::restore(Worker worker) {
    const std::string name = *worker.name;
    workers_.insert_or_assign(name, std::move(worker));
}

void WorkerTable::remove(const std::string& name) {
    workers_.erase(name);
    marked_.erase(name);
    removed_.insert(name);
}

Time WorkerTable::longest_silent() const {
    Time earliest = never;
    for (const auto& [name, worker] : workers_) earliest = std::min(earliest, worker.last_active);
    return earliest;
}

void WorkerTable::excuse(Time::duration silence) {
    for (auto& [name, worker] : workers_) {
        worker.last_active += silence;
        if (worker.last_get_work) *worker.last_get_work += silence;
    }
}

void WorkerTable::mark(const Worker& worker) { marked_.insert(*worker.name); }

std::set<std::string> WorkerTable::take_marked() { return std::exchange(marked_, {}); }

std::set<std::string> WorkerTable::take_removed() { return std::exchange(removed_, {}); }

}  // namespace freshet::scheduler
