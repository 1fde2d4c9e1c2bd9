// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/monotonic_clock.hpp"
#include "base/signals.hpp"
#include "process/fork_server.hpp"
#include "run/session.hpp"
#include "store/state_file.hpp"
#include "worker/worker.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace freshet::run {

/// Counts SIGTERM, SIGINT and SIGHUP instead of dying of them, while it exists; not SIGINT and SIGHUP where the process
/// was started with them ignored. Luigi's SIGUSR1 is a stop request, too, but all of them are one: it never aborts.
/// They are blocked in the constructing thread and in the threads that it starts later; `on_signal` is called after
/// each, on a separate thread.
class StopSignals {
public:
    explicit StopSignals(std::function<void()> on_signal)
        : listener_(handled_signals(), [this, on_signal = std::move(on_signal)](int signal) {
              if (signal == SIGUSR1)
                  drains_ = true;
              else
                  ++count_;
              on_signal();
          }) {}

    int count() const { return std::max<int>(count_, drains_ ? 1 : 0); }

private:
    static std::vector<int> handled_signals();

    std::atomic<int> count_ = 0;
    std::atomic<bool> drains_ = false;
    SignalListener listener_;  // last: its thread counts
};

/// Below the minute after which proxies close an idle connection, and for which a state counts as shared after its last
/// use.
constexpr std::chrono::seconds long_poll_timeout{25};

/// The parts of a worker that do not depend on its scheduler: the runners, the mailbox and the stop signals.
class WorkerHost {
public:
    /// The parts of a worker that depend on its scheduler.
    struct WorkerSetup {
        worker::SchedulerClient& scheduler;
        worker::Observer& observer;
        std::function<std::optional<Time>()> on_tick;
        worker::LongPollClient* long_poll = nullptr;
        std::optional<std::chrono::seconds> ping_interval{10};
        worker::SchedulerKind scheduler_kind = worker::SchedulerKind::embedded;
        std::vector<std::string> families{};
        std::optional<std::chrono::seconds> idle_timeout{};
        bool has_explanations = true;
        bool records_run = false;                                        ///< the scheduler keeps a history of runs
        std::function<bool()> has_other_workers = [] { return false; };  ///< at an embedded scheduler
        std::function<void(rpc::Leases)> on_leases = [](const rpc::Leases&) {};
    };

    /// Must be constructed before any other thread is started. `fork_server` is null when no task type is isolated.
    WorkerHost(const Registry& registry, const SessionOptions& options, const SessionParts& parts,
               process::ForkServer* fork_server);

    /// Completes the plan; returns the result of each task.
    std::vector<TaskResult> run_worker(worker::Plan& plan, WorkerSetup setup);

    worker::Mailbox<worker::Message>& mailbox() { return mailbox_; }
    /// The clock of the run: setting the system's does not change pauses and durations.
    const Clock& clock() const { return clock_; }
    const std::string& run_id() const { return run_id_; }
    const std::string& worker_id() const { return worker_id_; }
    /// A function that wakes the worker. It is thread-safe.
    std::function<void()> waker();
    /// Tells the scheduler of a state how the run has ended. A failure is only reported to the observer: the run's work
    /// is done.
    void report_end(const SessionResult& result, worker::SchedulerClient& scheduler) const;
    int stop_count() const;
    /// Sets the function that is called for each stop signal, on a separate thread.
    void on_stop(std::function<void()> on_signal);

    /// A source of random numbers, uniform in [0, 1).
    static std::function<double()> jitter();

private:
    Json::Object worker_info(bool has_run) const;

    const Registry& registry_;
    const SessionOptions& options_;
    SessionParts parts_;
    MonotonicClock clock_;
    process::ForkServer* fork_server_;
    std::string run_id_;
    std::string worker_id_;
    std::string salt_;
    worker::Mailbox<worker::Message> mailbox_;
    std::mutex mutex_;  // guards on_stop_
    std::function<void()> on_stop_ = [] {};
    std::optional<StopSignals> stop_signals_;                                 // last: its thread uses all of the above
    std::optional<std::stop_callback<std::function<void()>>> stop_callback_;  // likewise
};

/// Runs the plan with a scheduler embedded in this process, on a state that this process has opened exclusively.
SessionResult run_locally(WorkerHost& worker_host, worker::Plan& plan, const SessionOptions& options,
                          const SessionParts& parts, store::StateFile& state);

/// Runs the plan with a remote scheduler, a freshetd or a luigid, and keeps no state except an outbox for the run's own
/// sinks, of which neither knows. Throws worker::UnavailableError when the scheduler cannot be used.
SessionResult run_remotely(WorkerHost& worker_host, worker::Plan& plan, const SessionOptions& options,
                           const SessionParts& parts);

/// Runs the plan with the scheduler of a state that another run holds, or else with the state itself, once nobody holds
/// it. `options.scheduler` is the address of the state. Throws as run_remotely() and run_locally().
SessionResult run_with_shared_state(WorkerHost& worker_host, worker::Plan& plan, const SessionOptions& options,
                                    const SessionParts& parts);

}  // namespace freshet::run
