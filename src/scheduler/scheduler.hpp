// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/config.hpp"
#include "scheduler/resources.hpp"
#include "scheduler/worker_table.hpp"
#include "store/database.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace freshet {
class Log;
}

namespace freshet::store {
class StateFile;
}

namespace freshet::scheduler {

class StateWriter;
class StateMachine;
struct WriteBatch;

/// Construction parameters of a Scheduler.
struct SchedulerOptions {
    Config config{};
    std::string run_id{};    ///< recorded with each attempt whose worker names none
    std::uint64_t seed = 0;  ///< for the jitter of back-offs
    /// Decides about each worker that was saved; none: all are other processes, which outlive a restart.
    IsDead is_dead{};
};

/// State machine plus persistence: what execute() has answered survives kill -9, and a call that completes attempts
/// survives a power cut, too. Not thread-safe: used by one thread at a time.
class Scheduler {
public:
    /// Loads the state from `file`. Records that cannot be read are logged and skipped.
    Scheduler(store::StateFile& file, Log& log, SchedulerOptions options, Time now);
    ~Scheduler();

    /// Executes the requests and commits all their changes in one transaction. Returns one response per request, in
    /// order. Throws DiskFullError or StoreError when the commit fails: the changes are kept and written by the next
    /// call.
    std::vector<rpc::Response> execute(std::span<const rpc::Request> requests, Time now);

    /// Answers queries and counts heartbeats, as execute() does, while the disk is full; Unavailable with the reason
    /// for all other requests.
    std::vector<rpc::Response> execute_unstored(std::span<const rpc::Request> requests, const std::string& reason,
                                                Time now);

    /// True since a change could not be written, because the disk was full, until it is.
    bool is_disk_full() const { return is_disk_full_; }

    /// Replaces the configured limits and rates. Throws as execute() does.
    void configure(rpc::Resources limits, std::set<std::string> rates, Time now);

    /// Drops the workers of which `is_dead` of the options is true; their tasks become PENDING. Returns whether there
    /// was one. Throws as execute() does.
    bool drop_dead_workers(Time now);

    /// Extends worker timeouts by a time in which no request was read.
    void shift_heartbeats(Time::duration silence);

    /// Adds the change of a clock that was set to all deadlines, so that it changes no pause and no lease. `now` is the
    /// time after the change.
    void shift_times(Time::duration change, Time now);

    /// The next instant at which the state changes without a request (a back-off ends, a worker times out, a sync is
    /// due), if any. Execute a Prune request then.
    std::optional<Time> next_wakeup() const;

    /// Time of the last change of the state, or of the start.
    Time last_change() const { return last_change_; }

    const StateMachine& machine() const { return *machine_; }

private:
    void load(Time now);
    void restore_attempt(const rpc::Request& request, Time now);
    rpc::Response answer_unstored(rpc::Request request, const std::string& reason, Time now);
    void write(WriteBatch batch, store::Durability durability, Time now);
    void commit(store::Durability durability, Time now);

    Log& log_;
    IsDead is_dead_;
    ShortageWarnings warnings_{log_};
    std::unique_ptr<StateMachine> machine_;
    std::unique_ptr<StateWriter> state_writer_;
    bool is_disk_full_ = false;
    Time last_change_;
};

}  // namespace freshet::scheduler
