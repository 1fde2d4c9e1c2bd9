// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/changes.hpp"
#include "scheduler/chronicle.hpp"
#include "scheduler/config.hpp"
#include "scheduler/rates.hpp"
#include "scheduler/task_table.hpp"
#include "scheduler/worker.hpp"

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace freshet::scheduler {

/// What happened and has not been taken to the journal yet.
struct Diary {
    std::vector<AttemptStep> attempts;
    std::vector<HistoryEntry> history;
    std::vector<Event> events;
};

/// Everything the scheduler knows. The rules are functions on it, one file a concern.
struct Board {
    Board(Config configuration, std::uint64_t chance)
        : config(std::move(configuration)), seed(chance), limits(config.resources), rates(std::exchange(config.rates, {})) {}

    Config config;  ///< without its rates, which are below
    std::uint64_t seed;
    TaskTable tasks;
    Demand no_resources = tasks.demand({});
    WorkerTable workers{tasks.names()};
    wire::Resources limits;            ///< those configured, and those changed since
    Rates rates;                       ///< what of them is handed out by the minute
    wire::Resources changed_limits{};  ///< by operators: they outlive a restart
    bool paused = false;
    std::deque<wire::AnnounceSchedulingFailure> announced{};  ///< until the tasks are registered
    std::uint64_t last_message = 0;  ///< of the messages to workers
    wire::LeaseToken last_lease = 0;
    wire::LeaseToken reserved_leases = 0;  ///< up to here, tokens count as given out by a start that reads the file
    bool settings_changed = false;
    std::uint64_t openings = 0;  ///< those that workers and operators make, besides the index's
    std::uint64_t endings = 0;   ///< of workers, besides the index's
    Diary diary;
    Chronicle chronicle;

    /// What a task that runs holds of its demand: all but rates.
    Demand held(const Demand& demand);

    Name name(const std::string& text) { return tasks.names().get(text); }
};

/// `time` plus a duration of any length, without overflow.
Time later(Time time, Seconds duration);

/// A number that no lease had before, also after a restart.
wire::LeaseToken next_lease(Board& board);

}  // namespace freshet::scheduler
