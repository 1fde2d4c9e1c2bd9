// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task.hpp"
#include "scheduler/task_lists.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace freshet::scheduler {

/// Order of dispatch: by priority, then by registration.
struct Rank {
    double priority = 0;
    std::uint64_t sequence = 0;
    TaskId task{};

    friend bool operator==(const Rank&, const Rank&) = default;
    friend bool operator<(const Rank& a, const Rank& b) {
        if (a.priority != b.priority) return a.priority > b.priority;
        return a.sequence != b.sequence ? a.sequence < b.sequence
                                        : a.task < b.task;  // equal sequences: a damaged state only
    }
};

/// Projection of a task on everything that the indexes depend on.
struct IndexKey {
    bool known = false;
    bool ready = false;     ///< PENDING with all dependencies done
    bool finished = false;  ///< its dependants need not wait
    bool blocking = false;  ///< its dependants wait for a DISABLED task
    bool runnable = false;
    bool batchable = false;
    bool root = false;      ///< without dependants
    bool orphaned = false;  ///< without stakeholders, and not yet scheduled for removal
    Status status = Status::unknown;
    Rank rank{};
    Time retry_at = never;
    Time expires_at = never;
    Symbol family{};
    ResourceRequest resources{};
    ResourceRequest resources_running{};
    WorkerSet workers{};
    WorkerSet stakeholders{};
    Symbol worker_running{};
    Symbol batch{};
    AlertLevel alert_level = AlertLevel::none;
    Time alert_since = never;

    friend bool operator==(const IndexKey&, const IndexKey&) = default;
};

inline IndexKey index_key(const Task& task, TaskId id) {
    if (!task.known) return {};
    const bool pending = task.status == Status::pending;
    const AlertLevel level = alert_level_of(task);
    return {.known = true,
            .ready = pending && task.unfinished == 0,
            .finished = task.status == Status::done,
            .blocking = task.status == Status::disabled || (pending && task.blocked > 0),
            .runnable = task.runnable,
            .batchable = task.batchable,
            .root = task.dependants.empty(),
            .orphaned = task.stakeholders->empty() && task.expires_at == never && task.status != Status::running,
            .status = task.status,
            .rank = {task.priority, task.sequence, id},
            .retry_at = task.status == Status::failed || task.status == Status::disabled ? task.retry_at : never,
            .expires_at = task.expires_at,
            .family = task.family,
            .resources = task.resources,
            .resources_running = task.resources_running,
            .workers = task.workers,
            .stakeholders = task.stakeholders,
            .worker_running = task.worker_running,
            .batch = task.batch,
            .alert_level = level,
            .alert_since = level == AlertLevel::none ? never : alert_since(task)};
}

/// Tasks with the same alert.
struct AlertKey {
    AlertLevel alert_level = AlertLevel::none;
    Symbol family{};
    Status status = Status::unknown;

    friend auto operator<=>(const AlertKey&, const AlertKey&) = default;
};

/// By the time of the failure, the last one last.
using AlertedTasks = std::set<std::pair<Time, TaskId>>;

using RankedTasks = std::set<Rank>;

/// Ready tasks that differ in rank only: one family, one worker set, one resource request.
struct ReadyQueue {
    WorkerSet workers;
    ResourceRequest resources;
    bool runnable = false;
    Symbol family;
    RankedTasks tasks;
};

/// All ready tasks; no queue is empty.
class ReadyQueues {
public:
    using Key =
        std::tuple<const void*, const void*, bool, const void*>;  // worker set, resource request, runnable, family

    void insert(const IndexKey& key);
    void erase(const IndexKey& key);

    const std::map<Key, ReadyQueue>& all() const { return queues_; }
    std::size_t size() const { return size_; }
    /// Calls `visit(const ReadyQueue&)` for the queues of exactly this worker set and resource request.
    template <class Visit>
    void each_of(const WorkerSet& workers, const ResourceRequest& resources, Visit&& visit) const {
        auto next = queues_.lower_bound({workers.get(), resources.get(), false, nullptr});
        for (; next != queues_.end() && next->second.workers == workers && next->second.resources == resources; ++next)
            visit(next->second);
    }
    /// Batchable ready tasks of the family with this resource request.
    const RankedTasks& batchable(const Symbol& family, const ResourceRequest& resources) const;

private:
    std::size_t size_ = 0;
    std::map<Key, ReadyQueue> queues_;
    std::map<std::pair<const void*, const void*>, RankedTasks> batchable_;  // family, resource request
};

/// Tasks by worker set, each task in one; those of a worker are found by the sets that contain it.
class TasksByWorker {
public:
    void insert(const WorkerSet& worker_set, TaskId task);
    void erase(const WorkerSet& worker_set, TaskId task);

    /// Linear in the worker's own tasks.
    TaskList tasks_of(const Symbol& worker) const;

private:
    std::map<WorkerSet, TaskList> tasks_;  ///< no empty lists, no empty sets
    std::map<Symbol, std::set<WorkerSet>> worker_sets_of_;
    SwapRemovePositions positions_;
};

/// Counts of the tasks of one worker set.
struct WorkerSetCounts {
    std::int64_t pending = 0;         ///< PENDING
    std::int64_t with_resources = 0;  ///< PENDING with resources
    std::int64_t countable = 0;       ///< PENDING or FAILED, not blocked by a DISABLED task
    std::int64_t running = 0;         ///< RUNNING, also as part of a batch

    friend bool operator==(const WorkerSetCounts&, const WorkerSetCounts&) = default;
};

/// Counts of tasks by status.
using StatusCounts = std::array<std::size_t, rpc::status_texts.size()>;

/// Counts of the tasks of one family.
struct FamilyCounts {
    StatusCounts by_status{};
    IntrusiveList roots{};  ///< without dependants

    std::size_t count(Status status) const { return by_status[static_cast<std::size_t>(status)]; }
    std::size_t count() const;
};

/// Indexes of tasks by state, so that no request walks through all of them.
class TaskIndex {
public:
    /// Moves a task from the indexes of `before` to those of `after`.
    void update(const IndexKey& before, const IndexKey& after);
    /// Updates a task of which only `root` may have changed.
    void update_root(const IndexKey& key);

    const ReadyQueues& ready() const { return ready_; }
    std::size_t count(Status status) const { return by_status_[static_cast<std::size_t>(status)].size(); }
    std::size_t count() const;
    const TaskList& with_status(Status status) const { return by_status_[static_cast<std::size_t>(status)]; }

    /// Tasks that the worker can run, of any status.
    TaskList runnable_by(const Symbol& worker) const { return by_workers_.tasks_of(worker); }
    /// Tasks that the worker is a stakeholder of.
    TaskList with_stakeholder(const Symbol& worker) const { return by_stakeholders_.tasks_of(worker); }

    /// RUNNING tasks, by rank.
    const RankedTasks& running() const { return running_; }
    const RankedTasks& running_of(const Symbol& worker) const { return find(running_of_, worker); }
    /// RUNNING tasks of exactly this worker set.
    const RankedTasks& running_among(const WorkerSet& worker_set) const { return find(running_among_, worker_set); }
    const std::set<TaskId>& batch_running_of(const Symbol& worker) const { return find(batch_running_of_, worker); }
    const std::set<TaskId>& batch_members(const Symbol& batch) const { return find(batch_members_, batch); }
    /// Resources held by RUNNING tasks.
    const rpc::Resources& used() const { return used_; }
    /// Grows when a task becomes ready and when resources are released: a request without work need not be repeated
    /// before.
    std::uint64_t ready_generation() const { return ready_generation_; }
    /// Grows when no pending or running task is left of some worker set.
    std::uint64_t drained_generation() const { return drained_generation_; }

    const std::map<WorkerSet, WorkerSetCounts>& worker_set_counts() const { return worker_set_counts_; }
    /// Worker sets with counts that contain the worker.
    const std::set<WorkerSet>& worker_sets_of(const Symbol& worker) const { return find(worker_sets_of_, worker); }

    /// Families with tasks, by name.
    const std::map<Symbol, FamilyCounts>& families() const { return families_; }
    /// The newest root tasks of the family.
    std::vector<TaskId> newest_roots(const FamilyCounts& family, std::size_t limit) const {
        return roots_.first(family.roots, limit);
    }

    /// All tasks with an alert; no set is empty.
    const std::map<AlertKey, AlertedTasks>& alerted() const { return alerted_; }

    const std::set<TaskId>& orphaned() const { return orphaned_; }
    const std::set<std::pair<Time, TaskId>>& retry_times() const { return retry_times_; }
    const std::set<std::pair<Time, TaskId>>& expiries() const { return expiries_; }

private:
    template <class Value>
    using ByName = std::map<Symbol, Value>;

    template <class Map>
    static const typename Map::mapped_type& find(const Map& map, const typename Map::key_type& key) {
        static const typename Map::mapped_type none;
        const auto found = map.find(key);
        return found == map.end() ? none : found->second;
    }

    void erase(const IndexKey& key);
    void insert(const IndexKey& key);
    void erase_running(const IndexKey& key);
    void insert_running(const IndexKey& key);
    void count(const IndexKey& key, std::int64_t step);
    void update_worker_sets(const IndexKey& before, const IndexKey& after);
    void update_family(const IndexKey& before, const IndexKey& after);
    void add_used(const ResourceRequest& request, std::int64_t step);

    ReadyQueues ready_;
    std::array<TaskList, rpc::status_texts.size()> by_status_;
    SwapRemovePositions status_positions_;
    TasksByWorker by_workers_;
    TasksByWorker by_stakeholders_;
    RankedTasks running_;
    ByName<RankedTasks> running_of_;
    std::map<WorkerSet, RankedTasks> running_among_;
    ByName<std::set<TaskId>> batch_running_of_;
    ByName<std::set<TaskId>> batch_members_;
    rpc::Resources used_;
    std::uint64_t ready_generation_ = 0;
    std::uint64_t drained_generation_ = 0;
    std::map<WorkerSet, WorkerSetCounts> worker_set_counts_;
    ByName<std::set<WorkerSet>> worker_sets_of_;
    ByName<FamilyCounts> families_;
    IntrusiveLinks roots_;
    std::map<AlertKey, AlertedTasks> alerted_;
    std::set<TaskId> orphaned_;
    std::set<std::pair<Time, TaskId>> retry_times_;
    std::set<std::pair<Time, TaskId>> expiries_;
};

}  // namespace freshet::scheduler
