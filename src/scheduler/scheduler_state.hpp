// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/config.hpp"
#include "scheduler/family_stats.hpp"
#include "scheduler/resources.hpp"
#include "scheduler/root_failures.hpp"
#include "scheduler/task_table.hpp"
#include "scheduler/worker_table.hpp"
#include "scheduler/write_batch.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace freshet::scheduler {

/// History that is not yet part of a write batch.
struct PendingHistory {
    std::vector<RunStep> runs;
    std::vector<AttemptStep> attempts;
    std::vector<HistoryEntry> history;
    std::vector<Event> events;
    Time::duration clock_change{};  ///< of a clock that was set; before all the others
};

/// The whole state of the scheduler. The rules are functions on it, one file per concern. Not thread-safe.
struct SchedulerState {
    SchedulerState(Config configuration, std::uint64_t seed_value);

    Config config;  ///< its rates are in rate_limiter
    std::uint64_t seed;
    TaskTable tasks;
    ResourceRequest no_resources;
    WorkerTable workers;
    rpc::Resources limits;             ///< the configured ones with overrides
    RateLimiter rate_limiter;          ///< those granted per minute
    rpc::Resources limit_overrides{};  ///< by operators; persistent
    bool paused = false;
    Time timeouts_restarted{};  ///< when the disk had room again, after reports had been rejected
    std::deque<rpc::AnnounceSchedulingFailure> announced_failures{};  ///< for tasks not yet registered
    std::uint64_t last_message_id = 0;                                ///< counts messages to tasks
    rpc::LeaseToken last_lease = 0;
    rpc::LeaseToken reserved_leases = 0;  ///< tokens up to here are skipped by a restart
    bool settings_changed = false;
    std::uint64_t ready_generation = 0;    ///< changes by workers and operators; the index counts its own
    std::uint64_t drained_generation = 0;  ///< changes of workers; the index counts its own
    PendingHistory pending_history;
    FamilyStatsTable family_stats;
    RootFailures root_failures;

    Symbol symbol(const std::string& text) { return tasks.symbols().intern(text); }
};

}  // namespace freshet::scheduler
