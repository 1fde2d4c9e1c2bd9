// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/executor.hpp"
#include "scheduler/sliced_query.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace freshet::scheduler {

/// Queries, executed one after the other: two at once would take as long, and twice the memory. Results that wait to be
/// sent have a budget: while more than that are in memory, no further query begins.
class QueryQueue {
public:
    static constexpr std::size_t default_budget = 32u << 20;

    struct Query {
        QueryFactory query;
        OnQueryDone on_done;
        IsConnected is_connected;
    };
    struct Finished {
        OnQueryDone on_done;
        std::shared_ptr<QueryResult> result;
    };

    explicit QueryQueue(std::size_t budget = default_budget) : budget_(budget) {}

    void add(std::vector<Query> arrived);
    /// Executes one slice. Drops queries whose clients are gone.
    void advance(const SchedulerState& state, Time now);
    std::vector<Finished> take_finished() { return std::exchange(finished_, {}); }

    bool empty() const { return waiting_.empty() && !running_; }
    /// The time of the next slice.
    std::optional<Time> next_due(Time now) const;

private:
    struct Running {
        Query query;
        std::unique_ptr<SlicedQuery> slices;
    };
    struct Unsent {
        std::weak_ptr<QueryResult> result;
        std::size_t size;
    };

    bool has_room();
    void begin(const SchedulerState& state, Time now);

    std::size_t budget_;
    std::deque<Query> waiting_;
    std::optional<Running> running_;
    std::vector<Finished> finished_;
    std::vector<Unsent> unsent_;
};

}  // namespace freshet::scheduler
