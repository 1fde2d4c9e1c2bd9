// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/place.hpp"

#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace freshet::scheduler {

using RankedTasks = std::set<Rank>;

/// Ready tasks that no choice can tell apart but by rank: of one family, the same workers can run them, with the same
/// resources.
struct ReadyQueue {
    WorkerSet workers;
    ResourceRequest resources;
    bool runnable = false;
    Symbol family;
    RankedTasks tasks;
};

/// All tasks that could be handed out at once, in queues that are never empty.
class ReadyQueues {
public:
    using Key =
        std::tuple<const void*, const void*, bool, const void*>;  // worker set, resource request, runnable, family

    void insert(const IndexKey& key);
    void erase(const IndexKey& key);

    const std::map<Key, ReadyQueue>& all() const { return queues_; }
    std::size_t size() const { return size_; }
    /// Calls `visit(const ReadyQueue&)` for the queues of what exactly these workers can run, with these resources.
    template <class Visit>
    void each_of(const WorkerSet& workers, const ResourceRequest& resources, Visit&& visit) const {
        auto next = queues_.lower_bound({workers.get(), resources.get(), false, nullptr});
        for (; next != queues_.end() && next->second.workers == workers && next->second.resources == resources; ++next)
            visit(next->second);
    }
    /// Batchable ready tasks of a family with this resource request.
    const RankedTasks& batchable(const Symbol& family, const ResourceRequest& resources) const;

private:
    std::size_t size_ = 0;
    std::map<Key, ReadyQueue> queues_;
    std::map<std::pair<const void*, const void*>, RankedTasks> batchable_;  // family, resource request
};

}  // namespace freshet::scheduler
