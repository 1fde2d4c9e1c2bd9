// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/config.hpp"
#include "scheduler/family_stats.hpp"
#include "scheduler/resources.hpp"
#include "scheduler/task_table.hpp"
#include "scheduler/worker_table.hpp"
#include "scheduler/write_batch.hpp"

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace freshet::scheduler {

/// What happened and has not been taken to the journal yet.
struct PendingHistory {
    std::vector<AttemptStep> attempts;
    std::vector<HistoryEntry> history;
    std::vector<Event> events;
};

/// Everything the scheduler knows. The rules are functions on it, one file a concern.
struct SchedulerState {
    SchedulerState(Config configuration, std::uint64_t seed_value)
        : config(std::move(configuration)),
          seed(seed_value),
          limits(config.resources),
          rate_limiter(std::exchange(config.rates, {})) {}

    Config config;  ///< without its rates, which are below
    std::uint64_t seed;
    TaskTable tasks;
    ResourceRequest no_resources = tasks.resource_request({});
    WorkerTable workers{tasks.symbols()};
    rpc::Resources limits;             ///< those configured, and those changed since
    RateLimiter rate_limiter;          ///< what of them is handed out by the minute
    rpc::Resources limit_overrides{};  ///< by operators: they outlive a restart
    bool paused = false;
    std::deque<rpc::AnnounceSchedulingFailure> announced_failures{};  ///< until the tasks are registered
    std::uint64_t last_message_id = 0;                                ///< of the messages to workers
    rpc::LeaseToken last_lease = 0;
    rpc::LeaseToken reserved_leases = 0;  ///< up to here, tokens count as given out by a start that reads the file
    bool settings_changed = false;
    std::uint64_t ready_generation = 0;    ///< those that workers and operators make, besides the index's
    std::uint64_t drained_generation = 0;  ///< of workers, besides the index's
    PendingHistory pending_history;
    FamilyStatsTable family_stats;

    Symbol symbol(const std::string& text) { return tasks.symbols().intern(text); }
};

}  // namespace freshet::scheduler
