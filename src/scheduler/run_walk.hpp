// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/explanation.hpp"
#include "scheduler/scheduler_state.hpp"
#include "scheduler/sliced_query.hpp"

#include <cstddef>
#include <map>
#include <unordered_map>
#include <vector>

namespace freshet::scheduler {

/// The time that the last attempt of a task has taken; zero for one without an attempt that ran through or runs.
Time::duration attempt_duration(const Task& task, Time now);

/// Walk through a root task and all that it requires, directly or not: counts them by family and status, and finds the
/// chain of requirements whose attempts took longest one after the other. Visits `most` tasks. Used on the scheduler's
/// thread only; the state may change between two slices.
class RunWalk {
public:
    RunWalk(TaskId root, std::size_t most);

    /// Goes on until the budget is spent; returns true when the walk has finished.
    bool advance(const SchedulerState& state, Time now, Budget& budget);

    const std::map<Symbol, StatusCounts>& families() const { return families_; }
    /// How many of them block others, by kind.
    const std::map<BlockerKind, std::size_t>& blockers() const { return blockers_; }
    /// False: there are more tasks than `most`.
    bool is_complete() const { return is_complete_; }
    std::size_t count() const { return visited_.size(); }
    std::vector<TaskId> tasks() const;

    struct Link {
        TaskId task;
        Time::duration took;
    };
    /// The longest chain, first the task that ran first; empty when nothing has run.
    std::vector<Link> longest_chain() const;

private:
    struct Chain {
        Time::duration total{};  ///< of the task and the longest chain that it requires
        Time::duration own{};
        TaskId next = no_task;  ///< required
    };
    struct Frame {
        TaskId task;
        std::size_t next_dep = 0;
        Chain longest{};  ///< of the requirements so far
    };

    void visit(TaskId task);
    void finish(const Task& task, Time now);
    void offer(TaskId task, const Chain& chain);

    TaskId root_;
    std::size_t most_;
    bool is_complete_ = true;
    std::map<Symbol, StatusCounts> families_;
    std::map<BlockerKind, std::size_t> blockers_;
    std::unordered_map<TaskId, Chain> visited_;
    std::vector<Frame> path_;
};

}  // namespace freshet::scheduler
