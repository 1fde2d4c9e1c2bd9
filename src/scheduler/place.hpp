// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task.hpp"

#include <compare>

namespace freshet::scheduler {

/// The order in which tasks are handed out: by priority, then as they became known.
struct Rank {
    double priority = 0;
    std::uint64_t sequence = 0;
    TaskId task{};

    friend bool operator==(const Rank&, const Rank&) = default;
    friend bool operator<(const Rank& a, const Rank& b) {
        if (a.priority != b.priority) return a.priority > b.priority;
        return a.sequence != b.sequence ? a.sequence < b.sequence : a.task < b.task;  // equal only in a damaged state
    }
};

/// Where a task stands in the indexes: all of it that they depend on.
struct IndexKey {
    bool known = false;
    bool ready = false;     ///< PENDING with all dependencies done
    bool finished = false;  ///< what depends on it need not wait
    bool blocking = false;  ///< what depends on it waits for something DISABLED
    bool runnable = false;
    bool batchable = false;
    bool root = false;      ///< nothing known depends on it
    bool orphaned = false;  ///< nobody cares for it, and it has no time of removal yet
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

    friend bool operator==(const IndexKey&, const IndexKey&) = default;
};

inline IndexKey index_key(const Task& task, TaskId id) {
    if (!task.known) return {};
    const bool pending = task.status == Status::pending;
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
            .batch = task.batch};
}

}  // namespace freshet::scheduler
