// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/place.hpp"

#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace freshet::scheduler {

using Ranks = std::set<Rank>;

/// Ready tasks that no choice can tell apart but by rank: of one family, the same workers can run them, with the same
/// resources.
struct ReadyQueue {
    Crew workers;
    Demand resources;
    bool runnable = false;
    Name family;
    Ranks tasks;
};

/// All tasks that could be handed out at once, in queues that are never empty.
class ReadyQueues {
public:
    using Key = std::tuple<const void*, const void*, bool, const void*>;  // crew, demand, runnable, family

    void enter(const Place& place);
    void leave(const Place& place);

    const std::map<Key, ReadyQueue>& all() const { return queues_; }
    std::size_t size() const { return size_; }
    /// Calls `visit(const ReadyQueue&)` for the queues of what exactly these workers can run, with these resources.
    template <class Visit>
    void each_of(const Crew& workers, const Demand& resources, Visit&& visit) const {
        auto next = queues_.lower_bound({workers.get(), resources.get(), false, nullptr});
        for (; next != queues_.end() && next->second.workers == workers && next->second.resources == resources; ++next)
            visit(next->second);
    }
    /// Batchable ready tasks of a family with this demand.
    const Ranks& batchable(const Name& family, const Demand& resources) const;

private:
    std::size_t size_ = 0;
    std::map<Key, ReadyQueue> queues_;
    std::map<std::pair<const void*, const void*>, Ranks> batchable_;  // family, demand
};

}  // namespace freshet::scheduler
