// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/build.hpp"
#include "freshet/clock.hpp"
#include "freshet/registry.hpp"

#include "worker/dispatch.hpp"
#include "worker/finish_attempt.hpp"
#include "worker/long_poll.hpp"
#include "worker/lost_inputs.hpp"
#include "worker/messages.hpp"
#include "worker/observer.hpp"
#include "worker/plan.hpp"
#include "worker/reconciler.hpp"
#include "worker/scheduler_client.hpp"
#include "worker/scheduler_protocol.hpp"
#include "worker/task_states.hpp"
#include "worker/worker_context.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace freshet::worker {

/// The environment of a worker. All of it outlives the worker.
struct WorkerParts {
    const Clock& clock;
    SchedulerClient& scheduler;
    Runner& threads;
    Runner& processes;          ///< for tasks isolated in processes
    Runner& jobs;               ///< for tasks isolated in Slurm jobs
    Mailbox<Message>& mailbox;  ///< receives the runners' messages, and a Wakeup when something else wants attention
    Observer& observer;
    std::function<int()> stop_requests;  ///< number of stop requests so far: the first drains, the second aborts
    /// Called in every round on the worker's thread, for deliveries and maintenance; returns when to be called next.
    std::function<std::optional<Time>()> on_tick;
    LongPollClient* long_poll = nullptr;  ///< waits for work; none: the worker polls with back-off
    /// Called in every round with the leases of the running attempts, for those who renew them.
    std::function<void(rpc::Leases)> on_leases = [](const rpc::Leases&) {};
    std::function<double()> jitter = [] { return 0.5; };  ///< from 0 to 1, so that waiting workers do not poll in step
};

/// Brings a plan up to date: registers it, requests work, runs it, publishes outputs while it holds the lease, and
/// reports. Checks the target again wherever a state is in doubt. Confined to one thread.
class Worker {
public:
    Worker(const Registry& registry, Plan& plan, const WorkerParts& parts, WorkerOptions options);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Returns when everything is complete, or nothing more can be done now. Throws StoreError when the scheduler
    /// cannot store what happened.
    void run();

    /// The results of the plan's tasks, by node.
    std::vector<TaskResult> results() const { return states_.results(); }

private:
    // The phases of the loop.
    void run_loop();
    void dispatch_work();
    void wait();
    void finish_attempts();

    // Dispatching.
    int free_slots() const;
    std::vector<rpc::GetWork> work_requests() const;
    void exchange_reports_for_work();
    void on_failure(std::size_t node);
    void dispatch(const rpc::Work& work);
    bool expects_work() const;
    bool has_more_to_do() const;
    bool may_start() const { return stop_requests_seen_ == 0 && !reconciler_.is_disabled(); }

    // Waiting.
    void poll_for_work();
    void log_wait();
    std::chrono::steady_clock::time_point deadline() const;
    void on_messages(std::vector<Message> messages);
    void on_poll_result(const PollResult& result);
    void set_slots(int slots);
    void stop_attempt(const LeaseTaken& taken);
    void check_stop_requests();
    void check_timers();

    // Finishing.
    std::vector<bool> check_leases(const std::vector<AttemptResult>& results);
    void pause_for_full_disk(const std::string& reason);
    void shut_down();
    void log_unfinished();

    const Registry& registry_;
    WorkerParts parts_;
    WorkerOptions options_;
    Plan& plan_;
    TaskStates states_;
    DeferringObserver observer_;
    DiskFullRetry scheduler_;
    std::unique_ptr<SchedulerProtocol> protocol_;
    WorkerContext context_;
    Reconciler reconciler_;
    LostInputs lost_inputs_;
    Dispatcher dispatcher_;
    AttemptFinisher finisher_;

    std::vector<AttemptResult> results_;         // received, not yet finished
    std::vector<AttemptReport> unsent_reports_;  // finished, not yet reported
    int stop_requests_seen_ = 0;
    std::optional<Time> paused_until_;
    std::optional<Time> next_tick_;
    std::optional<Time> next_poll_;
    std::chrono::milliseconds poll_pause_{0};
    bool is_polling_ = false;  // a long poll is under way
    std::set<std::string> logged_waits_;
    Time last_busy_{};
};

}  // namespace freshet::worker
