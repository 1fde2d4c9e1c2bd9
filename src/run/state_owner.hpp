// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/router.hpp"
#include "freshet/http.hpp"
#include "notify/notifier.hpp"
#include "run/event_delivery.hpp"
#include "run/worker_host.hpp"
#include "scheduler/scheduler.hpp"
#include "scheduler/scheduler_loop.hpp"
#include "store/state_file.hpp"
#include "store/tables.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace freshet::run {

/// The client of a scheduler loop in its own process. Thread-safe, but for the loop's begin and end.
class LoopClient final : public worker::SchedulerClient {
public:
    explicit LoopClient(std::optional<scheduler::SchedulerLoop>& loop) : loop_(loop) {}

    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests) override { return call(requests, {}); }
    /// Throws TransientError when a stop is requested before the answer.
    std::vector<rpc::Response> call(const std::vector<rpc::Request>& requests, const std::stop_token& stop);
    /// Has this and all later calls throw the error, with which the loop has ended.
    void fail(std::exception_ptr error);

private:
    std::optional<scheduler::SchedulerLoop>& loop_;
    std::mutex mutex_;
    std::condition_variable_any answered_;
    std::exception_ptr failure_;  // guarded by mutex_
};

/// The address of the scheduler of a state for other runs than its owner.
worker::SchedulerAddress state_address(const std::filesystem::path& state);

/// The scheduler of a state, in the run that holds it. Serves it to all runs that use the state, over the unix socket
/// beside it, and delivers the events of all of them. Public functions are for one thread, unless they say otherwise.
class StateOwner {
public:
    /// Loads the scheduler from the state, which outlives the owner. Forgets the workers and ends the runs whose
    /// process has ended. Throws DiskFullError or StoreError.
    StateOwner(store::StateFile& state, const SessionOptions& options, const SessionParts& parts,
               WorkerHost& worker_host);
    ~StateOwner();
    StateOwner(const StateOwner&) = delete;
    StateOwner& operator=(const StateOwner&) = delete;

    /// Begins to serve other runs. Where no socket can be made, tells the observer, and others that the state is in
    /// use.
    void serve();

    LoopClient& client() { return client_; }
    /// Replaces the leases of the own worker's attempts. Those that an operator takes are told to it. Thread-safe.
    void set_leases(rpc::Leases leases);
    /// Returns true while other runs use the scheduler, and for a minute after. Thread-safe.
    bool has_other_workers() const;

    /// Serves nobody any more, tells of the problems that are left, and waits a few seconds for pending deliveries.
    /// Adds to the result what is left for the next run; nothing if there is one already, which goes on with it.
    void finish(SessionResult& result);

private:
    scheduler::SchedulerOptions options_for_start();
    bool is_dead(const Json::Object& worker_info) const;
    std::optional<Time> on_tick();
    void ping(Time now);
    void drop_dead_workers(Time now);
    bool is_alive(const std::string& run_id) const;
    void end_dead_runs(Time now);
    void prune_history();
    void record_end(const SessionResult& result);
    bool has_successor();
    void stop();

    store::StateFile& state_;
    const SessionOptions& options_;
    SessionParts parts_;
    WorkerHost& worker_host_;
    store::StateTables tables_;
    scheduler::LoopWaker waker_;
    EventDelivery event_delivery_;
    std::optional<notify::Notifier> notifier_;  // if there are rules
    std::optional<scheduler::Scheduler> scheduler_;
    std::atomic<Time> shared_until_{Time::min()};
    std::mutex leases_mutex_;
    rpc::Leases leases_;  // guarded by leases_mutex_
    // Used by the running tick only.
    Time next_ping_{};
    Time next_check_{};          // of the processes of other workers
    bool has_dead_runs_ = true;  // that are not yet ended in the history, for which there may have been no room
    bool has_loaded_ = false;
    std::optional<scheduler::SchedulerLoop> loop_;
    LoopClient client_{loop_};
    std::optional<scheduler::LoopWaker::Registration> registration_;
    std::optional<api::Router> router_;
    std::optional<http::Server> server_;
};

}  // namespace freshet::run
