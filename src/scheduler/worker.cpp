// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/worker.hpp"

#include <algorithm>
#include <utility>

namespace freshet::scheduler {

namespace {

constexpr std::size_t most_away = 1000;  // programs that end do not come back

}  // namespace

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
        if (auto away = away_.extract(name)) found->second.batchers = std::move(away.mapped().batchers);
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
    (worker.is_away ? away_ : workers_).insert_or_assign(name, std::move(worker));
}

void WorkerTable::remove(const std::string& name) {
    auto gone = workers_.extract(name);
    if (gone && !gone.mapped().batchers.empty()) {
        const Worker& worker = gone.mapped();
        away_[name] = {
            .name = worker.name, .last_active = worker.last_active, .batchers = worker.batchers, .is_away = true};
        marked_.insert(name);
        leave_out_oldest();
        return;
    }
    marked_.erase(name);
    removed_.insert(name);
}

void WorkerTable::add_batcher(const std::string& name, const std::string& family, Batcher batcher, Time now) {
    Worker* worker = find(name);
    if (!worker) {
        worker = &away_[name];
        worker->name = names_.get(name);
        worker->last_active = now;
        worker->is_away = true;
    }
    worker->batchers.insert_or_assign(family, std::move(batcher));
    mark(*worker);
    removed_.erase(name);
    leave_out_oldest();
}

void WorkerTable::leave_out_oldest() {
    if (away_.size() <= most_away) return;
    const auto oldest = std::ranges::min_element(away_, {}, [](const auto& away) { return away.second.last_active; });
    marked_.erase(oldest->first);
    removed_.insert(oldest->first);
    away_.erase(oldest);
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

std::vector<const Worker*> WorkerTable::take_marked() {
    std::vector<const Worker*> workers;
    for (const std::string& name : std::exchange(marked_, {})) {
        const Worker* known = find(name);
        workers.push_back(known ? known : &away_.at(name));
    }
    return workers;
}

std::set<std::string> WorkerTable::take_removed() { return std::exchange(removed_, {}); }

}  // namespace freshet::scheduler
