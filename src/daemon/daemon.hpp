// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/router.hpp"
#include "daemon/access_config.hpp"
#include "daemon/daemon_config.hpp"
#include "daemon/maintenance.hpp"
#include "daemon/run_main.hpp"
#include "dashboard/live_updates.hpp"
#include "dashboard/pages.hpp"
#include "freshet/http.hpp"
#include "scheduler/scheduler_loop.hpp"
#include "store/attempt_log_store.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::daemon {

struct DaemonParts {
    const Clock& clock;
    Log& log;
    std::vector<api::AuditBackend*> audit_backends;
    /// Called once, on any thread, when the state can no longer be written.
    std::function<void(std::exception_ptr)> on_failure;
};

/// The scheduler with its state, event delivery and HTTP server. Serves from construction to destruction. All public
/// functions are called on the main thread.
class Daemon {
public:
    /// Throws LockedError when another process holds the state, ConfigError when the file is not a state of Freshet's,
    /// Error when it cannot listen on the address.
    Daemon(const DaemonConfig& config, DaemonParts parts);
    /// Stops accepting, answers pending requests, waits briefly for deliveries, and closes the state.
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// The listen address: "http://127.0.0.1:8082", "unix:/run/freshet/socket".
    std::string address() const;

    /// The state at the start: "with 12 tasks and 3 workers in '/var/lib/freshet/freshetd.sqlite'".
    const std::string& state_summary() const { return state_summary_; }

    /// Applies the tokens of this configuration now, and its resource limits on the next tick. Throws ConfigError, and
    /// changes nothing, when the tokens cannot be read or none would be left.
    void reload(const DaemonConfig& config);

    /// Has the scheduler loop call `alive`, which proves that the loop runs.
    void check_liveness(std::function<void()> alive);

private:
    /// Runs on the scheduler's thread after each tick: applies a reloaded configuration, then maintenance.
    std::optional<Time> on_tick();
    void start_run();
    void end_run(ExitStatus code, std::string_view summary);
    void start(const DaemonConfig& config, const AccessConfig& access_config);
    void add_pages(const DaemonConfig& config);
    api::Route event_route();
    scheduler::RejectedRequests refused_changes() const;
    void serve();
    void log_errors(const char* what, const std::function<void()>& action);

    DaemonParts parts_;
    ServerConfig server_config_;
    std::string listen_address_;
    std::string state_summary_{};
    std::mutex mutex_;
    std::optional<scheduler::Config> pending_config_{};  // guarded by mutex_
    std::string run_id_;
    scheduler::LoopWaker waker_;
    std::unique_ptr<api::TestInstances> instances_;
    store::StateFile state_;
    std::optional<scheduler::Scheduler> scheduler_;
    std::optional<Maintenance> maintenance_;
    std::optional<scheduler::SchedulerLoop> scheduler_loop_;
    std::optional<scheduler::LoopWaker::Registration> registration_;
    std::optional<store::AttemptLogStore> attempt_logs_;
    std::optional<dashboard::Pages> pages_;
    std::optional<dashboard::LiveUpdates> live_updates_;
    std::optional<api::Router> router_;
    std::optional<http::Server> server_;
};

}  // namespace freshet::daemon
