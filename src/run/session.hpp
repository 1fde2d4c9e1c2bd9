// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "freshet/build.hpp"
#include "freshet/clock.hpp"
#include "notify/rule.hpp"
#include "rpc/requests.hpp"
#include "run/task_selection.hpp"
#include "store/outbox.hpp"
#include "worker/observer.hpp"
#include "worker/plan.hpp"
#include "worker/rpc_client.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace freshet::run {

/// The result of a run.
struct SessionResult : BuildResult {
    bool was_stopped = false;                ///< by a signal
    std::vector<SinkBacklog> undelivered{};  ///< of sinks that lack events: left for the next run, or dead
    std::chrono::milliseconds duration{0};

    /// The number of events that a configured sink lacks.
    std::int64_t undelivered_events() const;
};

/// A scheduler in another process, and the role of this program there.
struct RemoteOptions {
    worker::SchedulerAddress address;
    std::chrono::milliseconds retry_budget = std::chrono::hours(1);  ///< for retries while the scheduler is unreachable
    bool emits_events = false;                                       ///< some task type of the program emits events
    std::vector<std::string> families{};                 ///< also run tasks of these that other programs registered
    std::optional<std::chrono::seconds> idle_timeout{};  ///< keep serving until idle for this long; none: do not serve
};

/// A run behind all other work of its scheduler.
struct Backfill {
    std::string resource{};            ///< held by each of its attempts
    std::optional<int> max_running{};  ///< the resource's limit: attempts at once, whoever makes them; none: no limit
};

/// The options of one run of a program.
struct SessionOptions {
    std::string program = "freshet";
    std::string version{};      ///< the program's version, for receipts
    std::string command{};      ///< as typed, for the history and for others who find the state locked
    std::string run_id{};       ///< a UUID; empty: generated
    std::string traceparent{};  ///< W3C trace context that the run is part of; empty: none
    std::string first_task{};   ///< id of the root, for the scheduler's page
    int workers = 1;            ///< 0: only registers the tasks at a remote scheduler
    Engine engine = Engine::by_class;
    SlurmOptions slurm{};                          ///< its folder is beside the state unless it says another one
    std::vector<FamilyLimit> family_limits{};      ///< of the attempts of these workers
    std::optional<RemoteOptions> scheduler{};      ///< none: embedded in this process
    rpc::Resources limits{};                       ///< of resources, for the embedded scheduler; 1 for one without
    std::set<std::string> rates{};                 ///< resources whose limit is per minute
    std::optional<std::filesystem::path> state{};  ///< none: in memory
    bool is_exclusive = false;                     ///< shares the state with no other run
    std::vector<std::shared_ptr<Sink>> sinks{};
    std::vector<notify::Rule> notifications{};  ///< of an embedded scheduler's problems; their sinks are among `sinks`
    std::optional<Time> wait_until{};  ///< deadline of waiting for tasks that are not ready, and for a state not
                                       ///< shared; none: check once
    std::optional<std::chrono::milliseconds> longest_pause{};  ///< cap on retry delays; none: each task's own
    std::chrono::milliseconds default_timeout{0};  ///< of attempts at tasks without one of their own; 0: none
    std::optional<int> max_tasks{};                ///< that are not complete, and to be scheduled; none: no limit
    bool fail_fast = false;                        ///< starts no attempt after the first failure for good
    TaskSelection selection{};                     ///< the part of the graph that it is about
    bool handles_signals = false;  ///< SIGTERM, SIGINT and SIGHUP drain; the second one aborts; SIGUSR1 drains
    std::stop_token stop{};        ///< drains, too
    std::optional<Backfill> backfill{};
    std::shared_ptr<RunObserver> observer{};  ///< of the author's; none: nobody
};

/// The services that a run uses. They outlive it.
struct SessionParts {
    const Clock& clock;
    Log& log;
    worker::Observer& observer;
};

/// Completes `roots` and all their requirements. Shares the state with the other runs that use it: one of them holds it
/// and schedules the tasks of all. Throws ParameterError for a run without workers and without a remote scheduler,
/// worker::PlanError when no plan can be made, store::LockedError when another process holds the state and does not
/// share it, or this run is exclusive or a rerun, StoreError when the state cannot be used and worker::UnavailableError
/// when a remote scheduler cannot.
SessionResult run_session(const Registry& registry, const std::vector<AnyTask>& roots, const SessionOptions& options,
                          const SessionParts& parts);

/// The reason why the task of a node would run, waits or need not run.
std::string reason_of(const worker::Node& node);

/// Returns whether a run would start the task of the node, once its requirements are complete.
bool would_run(const worker::Node& node);

/// The results of a plan of which nothing is to run.
std::vector<TaskResult> results_of_complete(const worker::Plan& plan);

}  // namespace freshet::run
