// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/config.hpp"
#include "scheduler/worker_table.hpp"
#include "scheduler/write_batch.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace freshet::scheduler {

struct SchedulerState;

using RecordVisitor = std::function<void(const Record&)>;

/// State saved by an earlier process: the records of take_write_batch(), visited one by one, since a million would not
/// fit in memory.
struct SavedState {
    std::size_t task_count = 0;  ///< an estimate
    std::function<void(const RecordVisitor&)> tasks;
    std::function<void(const RecordVisitor&)> workers;
    std::vector<Record> families{};
    std::vector<Record> root_failures{};
    std::optional<Record> settings{};
};

/// The scheduler as a deterministic state machine: responses follow from the requests, their times and the seed alone.
/// Not thread-safe.
class StateMachine {
public:
    StateMachine(Config config, std::uint64_t seed);
    StateMachine(StateMachine&&) noexcept;
    ~StateMachine();

    /// Applies a request. An invalid one is answered by an ErrorResponse and changes nothing.
    rpc::Response handle(const rpc::Request& request, Time now);

    /// Answers a query or a heartbeat, and counts the heartbeat that any request of a worker is, but changes nothing
    /// that would have to be stored. nullopt: the request needs handle().
    std::optional<rpc::Response> handle_unstored(const rpc::Request& request, Time now);

    /// Makes a task that was forgotten RUNNING again by the worker that asks. Call only when no other attempt at it has
    /// started; changes nothing if the task is known.
    void restore_attempt(const rpc::HoldsLease& attempt, Time now);

    /// Restores saved state; call once, on an empty state. Passes unreadable records to `quarantine` with the reason.
    void restore(const SavedState& saved, Time now,
                 const std::function<void(const Record&, const std::string&)>& quarantine);
    /// Drops the workers whose process is known to be dead: their tasks become PENDING. Returns whether there was one.
    bool drop_dead_workers(const IsDead& is_dead, Time now);
    /// Replaces the configured limits and rates. Overrides by operators stay where the configuration did not change.
    void configure(rpc::Resources limits, std::set<std::string> rates);
    /// Starts all worker timeouts anew, after a time in which workers were not answered.
    void restart_timeouts(Time now);
    /// Extends worker timeouts by a time in which no request was read.
    void shift_heartbeats(Time::duration silence);
    /// Adds the change of a clock that was set to all deadlines. `now` is the time after the change.
    void shift_times(Time::duration change, Time now);

    /// Returns true if a parked GetWork request could now be served. Cannot change until ready_generation() does.
    bool has_work_for(const rpc::GetWork& request, Time now) const;
    std::uint64_t ready_generation() const;
    /// Returns true if a long poll should end: nothing is left for the worker, or it is disabled or unknown. Cannot
    /// become true until drained_generation() changes.
    bool should_stop_waiting(const rpc::GetWork& request) const;
    std::uint64_t drained_generation() const;
    /// Number of tasks that could be dispatched at once, resources aside.
    std::size_t ready() const;

    /// The next instant at which a Prune request changes something, unless another request comes before.
    std::optional<Time> next_wakeup() const;

    /// Returns all changes since the last call. A caller that fails to write the batch must keep it: it is not
    /// repeated.
    WriteBatch take_write_batch();

    const SchedulerState& state() const { return *state_; }

private:
    std::unique_ptr<SchedulerState> state_;
};

}  // namespace freshet::scheduler
