// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/build.hpp"
#include "freshet/clock.hpp"

#include "base/log.hpp"
#include "worker/observer.hpp"
#include "worker/rpc_client.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freshet::run {

/// What became of a run.
struct SessionResult : BuildResult {
    bool was_stopped = false;    ///< by a signal
    int undelivered_events = 0;  ///< kept for the next start
    std::chrono::milliseconds duration{0};
};

/// A scheduler elsewhere, and what this program is to it.
struct RemoteOptions {
    worker::SchedulerAddress address;
    std::chrono::milliseconds retry_budget = std::chrono::hours(1);  ///< with a scheduler that is away
    bool emits_events = false;                                       ///< some task of the program may announce events
    std::vector<std::string> families{};                 ///< also serves these, whoever registered their tasks
    std::optional<std::chrono::seconds> idle_timeout{};  ///< until there was nothing to do for so long
};

/// What one run of a program is given.
struct SessionOptions {
    std::string program = "freshet";
    std::string version{};      ///< of the program: stands in receipts
    std::string command{};      ///< as a person typed it: for the history, and for whoever finds the state taken
    std::string run_id{};       ///< a UUID; empty: one is made
    std::string traceparent{};  ///< the trace that the run is part of; empty: none
    std::string first_task{};   ///< the root's id, for the scheduler's page
    int workers = 1;
    std::optional<RemoteOptions> scheduler{};      ///< none: one in this process
    std::optional<std::filesystem::path> state{};  ///< none: in memory
    std::vector<std::shared_ptr<Sink>> sinks{};
    std::optional<Time> wait_until{};  ///< how long to wait for what is not there yet; none: one look
    std::optional<std::chrono::milliseconds> longest_pause{};  ///< between two tries; none: as each task says
    bool handles_signals = false;                              ///< SIGTERM and SIGINT drain; the second one aborts
};

/// What a run is watched and surrounded by.
struct SessionParts {
    const Clock& clock;
    Log& log;
    worker::Observer& observer;
};

/// Brings `roots` and all they require up to date. Throws worker::PlanError for what cannot be planned,
/// store::LockedError when another run owns the state, StoreError when the state cannot be used,
/// worker::UnavailableError when a scheduler elsewhere cannot.
SessionResult run_session(const Registry& registry, const std::vector<AnyTask>& roots, const SessionOptions& options,
                          const SessionParts& parts);

}  // namespace freshet::run
