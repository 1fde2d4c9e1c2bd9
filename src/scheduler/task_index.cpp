// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_index.hpp"

#include <numeric>

namespace freshet::scheduler {

namespace {

ReadyQueues::Key queue_key(const IndexKey& key) {
    return {key.workers.get(), key.resources.get(), key.runnable, key.family.get()};
}

template <class Map, class Value>
void erase_from(Map& map, const typename Map::key_type& key, const Value& value) {
    const auto found = map.find(key);
    found->second.erase(value);
    if (found->second.empty()) map.erase(found);
}

}  // namespace

void ReadyQueues::insert(const IndexKey& key) {
    auto& queue = queues_[queue_key(key)];
    if (queue.tasks.empty()) queue = {key.workers, key.resources, key.runnable, key.family, {}};
    queue.tasks.insert(queue.tasks.end(), key.rank);  // hint: usually the last in rank
    ++size_;
    if (key.batchable) batchable_[{key.family.get(), key.resources.get()}].insert(key.rank);
}

void ReadyQueues::erase(const IndexKey& key) {
    const auto queue = queues_.find(queue_key(key));
    queue->second.tasks.erase(key.rank);
    --size_;
    if (queue->second.tasks.empty()) queues_.erase(queue);
    if (!key.batchable) return;
    const auto batch = batchable_.find({key.family.get(), key.resources.get()});
    batch->second.erase(key.rank);
    if (batch->second.empty()) batchable_.erase(batch);
}

const RankedTasks& ReadyQueues::batchable(const Symbol& family, const ResourceRequest& resources) const {
    static const RankedTasks none;
    const auto found = batchable_.find({family.get(), resources.get()});
    return found == batchable_.end() ? none : found->second;
}

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

void TaskIndex::update(const IndexKey& before, const IndexKey& after) {
    if (before == after) return;
    if (before.known) erase(before);
    if (after.known) insert(after);
    update_worker_sets(before, after);
    update_family(before, after);
}

std::size_t TaskIndex::count() const {
    std::size_t sum = 0;
    for (const auto& tasks : by_status_) sum += tasks.size();
    return sum;
}

std::size_t FamilyCounts::count() const { return std::accumulate(by_status.begin(), by_status.end(), std::size_t{0}); }

void TaskIndex::erase(const IndexKey& key) {
    const TaskId task = key.rank.task;
    status_positions_.erase(by_status_[static_cast<std::size_t>(key.status)], task);
    if (key.ready) ready_.erase(key);
    if (key.alert_level != AlertLevel::none)
        erase_from(alerted_, {key.alert_level, key.family, key.status}, std::pair(key.alert_since, task));
    if (key.orphaned) orphaned_.erase(task);
    if (key.retry_at != never) retry_times_.erase({key.retry_at, task});
    if (key.expires_at != never) expiries_.erase({key.expires_at, task});
    erase_running(key);
    count(key, -1);
}

void TaskIndex::insert(const IndexKey& key) {
    const TaskId task = key.rank.task;
    status_positions_.insert(by_status_[static_cast<std::size_t>(key.status)], task);
    if (key.ready) ready_.insert(key), ++ready_generation_;
    if (key.alert_level != AlertLevel::none)
        alerted_[{key.alert_level, key.family, key.status}].insert({key.alert_since, task});
    if (key.orphaned) orphaned_.insert(task);
    if (key.retry_at != never) retry_times_.insert({key.retry_at, task});
    if (key.expires_at != never) expiries_.insert({key.expires_at, task});
    insert_running(key);
    count(key, 1);
}

/// Apart from erase() and insert(): few changes concern worker sets.
void TaskIndex::update_worker_sets(const IndexKey& before, const IndexKey& after) {
    const auto update_one = [&](TasksByWorker& tasks_by_worker, const WorkerSet& old, const WorkerSet& fresh) {
        if (before.known && after.known && old == fresh) return;
        if (before.known) tasks_by_worker.erase(old, before.rank.task);
        if (after.known) tasks_by_worker.insert(fresh, after.rank.task);
    };
    update_one(by_workers_, before.workers, after.workers);
    update_one(by_stakeholders_, before.stakeholders, after.stakeholders);
}

void TaskIndex::erase_running(const IndexKey& key) {
    if (key.status == Status::running) {
        running_.erase(key.rank);
        add_used(key.resources_running, -1);
        erase_from(running_among_, key.workers, key.rank);
        if (key.worker_running) erase_from(running_of_, key.worker_running, key.rank);
    } else if (key.status == Status::batch_running) {
        if (key.worker_running) erase_from(batch_running_of_, key.worker_running, key.rank.task);
        if (key.batch) erase_from(batch_members_, key.batch, key.rank.task);
    }
}

void TaskIndex::insert_running(const IndexKey& key) {
    if (key.status == Status::running) {
        running_.insert(key.rank);
        add_used(key.resources_running, 1);
        running_among_[key.workers].insert(key.rank);
        if (key.worker_running) running_of_[key.worker_running].insert(key.rank);
    } else if (key.status == Status::batch_running) {
        if (key.worker_running) batch_running_of_[key.worker_running].insert(key.rank.task);
        if (key.batch) batch_members_[key.batch].insert(key.rank.task);
    }
}

void TaskIndex::update_family(const IndexKey& before, const IndexKey& after) {
    const bool stays = before.known && after.known && before.family == after.family;
    if (before.known) {
        const auto found = families_.find(before.family);
        --found->second.by_status[static_cast<std::size_t>(before.status)];
        if (!stays) roots_.remove(found->second.roots, before.rank.task);
        if (!stays && found->second.count() == 0) families_.erase(found);
    }
    if (!after.known) return;
    ++families_[after.family].by_status[static_cast<std::size_t>(after.status)];
    update_root(after);
}

void TaskIndex::update_root(const IndexKey& key) {
    if (!key.known) return;
    IntrusiveList& roots = families_[key.family].roots;
    if (key.root)
        roots_.add(roots, key.rank.task, key.rank.sequence);
    else
        roots_.remove(roots, key.rank.task);
}

void TaskIndex::add_used(const ResourceRequest& request, std::int64_t step) {
    if (!request || request->empty()) return;
    if (step < 0) ++ready_generation_;
    for (const auto& [name, amount] : *request)
        if ((used_[name] += step * amount) == 0) used_.erase(name);
}

void TaskIndex::count(const IndexKey& key, std::int64_t step) {
    const bool pending = key.status == Status::pending;
    const bool running = key.status == Status::running || key.status == Status::batch_running;
    if ((!pending && !running && key.status != Status::failed) || key.workers->empty()) return;
    auto& set_counts = worker_set_counts_[key.workers];
    if (set_counts == WorkerSetCounts{})
        for (const Symbol& worker : *key.workers) worker_sets_of_[worker].insert(key.workers);
    if (pending) set_counts.pending += step;
    if (pending && !key.resources->empty()) set_counts.with_resources += step;
    if (!key.blocking && !running) set_counts.countable += step;
    if (running) set_counts.running += step;
    if (set_counts != WorkerSetCounts{}) return;
    for (const Symbol& worker : *key.workers) erase_from(worker_sets_of_, worker, key.workers);
    worker_set_counts_.erase(key.workers);
    ++drained_generation_;
}

}  // namespace freshet::scheduler
