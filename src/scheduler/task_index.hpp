// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/ready_queues.hpp"
#include "scheduler/roster.hpp"
#include "scheduler/task_chain.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace freshet::scheduler {

/// How many tasks a list of workers could run some time.
struct WorkerSetCounts {
    std::int64_t pending = 0;         ///< PENDING
    std::int64_t with_resources = 0;  ///< PENDING ones that need some
    std::int64_t countable = 0;       ///< PENDING or FAILED, and not waiting for something DISABLED
    std::int64_t running = 0;         ///< RUNNING, also as part of a batch

    friend bool operator==(const WorkerSetCounts&, const WorkerSetCounts&) = default;
};

/// How the tasks of one family stand.
struct FamilyCounts {
    std::array<std::size_t, rpc::status_texts.size()> by_status{};
    IntrusiveList roots{};  ///< those that nothing depends on

    std::size_t count(Status status) const { return by_status[static_cast<std::size_t>(status)]; }
    std::size_t count() const;
};

/// Finds tasks by what they are doing, so that nothing ever walks through all of them.
class TaskIndex {
public:
    /// The task that stood at `before` stands at `after` now.
    void update(const IndexKey& before, const IndexKey& after);
    /// The task that stands at `key` may have become a root, or ceased to be one; nothing else has changed.
    void update_root(const IndexKey& key);

    const ReadyQueues& ready() const { return ready_; }
    std::size_t count(Status status) const { return by_status_[static_cast<std::size_t>(status)].size(); }
    std::size_t count() const;
    const TaskList& with_status(Status status) const { return by_status_[static_cast<std::size_t>(status)]; }

    /// Those that the worker can run, whatever their status.
    TaskList runnable_by(const Symbol& worker) const { return by_workers_.tasks_of(worker); }
    /// Those that the worker is a stakeholder of.
    TaskList with_stakeholder(const Symbol& worker) const { return by_stakeholders_.tasks_of(worker); }

    /// RUNNING ones, by rank.
    const RankedTasks& running() const { return running_; }
    const RankedTasks& running_of(const Symbol& worker) const { return find(running_of_, worker); }
    /// RUNNING ones that these workers can run.
    const RankedTasks& running_among(const WorkerSet& worker_set) const { return find(running_among_, worker_set); }
    const std::set<TaskId>& batch_running_of(const Symbol& worker) const { return find(batch_running_of_, worker); }
    const std::set<TaskId>& batch_members(const Symbol& batch) const { return find(batch_members_, batch); }
    /// What RUNNING tasks use up.
    const rpc::Resources& used() const { return used_; }
    /// Grows when a task becomes ready and when resources are given back: who found no work need not look again before.
    std::uint64_t ready_generation() const { return ready_generation_; }
    /// Grows when nothing is left, pending or running, of what some workers registered.
    std::uint64_t drained_generation() const { return drained_generation_; }

    const std::map<WorkerSet, WorkerSetCounts>& worker_set_counts() const { return worker_set_counts_; }
    /// The worker sets with counts that the worker is in.
    const std::set<WorkerSet>& worker_sets_of(const Symbol& worker) const { return find(worker_sets_of_, worker); }

    /// By name of the family; none is empty.
    const std::map<Symbol, FamilyCounts>& families() const { return families_; }
    /// Of those that nothing depends on.
    std::vector<TaskId> newest_roots(const FamilyCounts& family, std::size_t limit) const {
        return roots_.first(family.roots, limit);
    }

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
    std::set<TaskId> orphaned_;
    std::set<std::pair<Time, TaskId>> retry_times_;
    std::set<std::pair<Time, TaskId>> expiries_;
};

}  // namespace freshet::scheduler
