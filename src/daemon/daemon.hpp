// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/router.hpp"
#include "cli/exit_code.hpp"
#include "daemon/access_config.hpp"
#include "daemon/bell.hpp"
#include "daemon/daemon_config.hpp"
#include "daemon/housekeeping.hpp"
#include "dashboard/pages.hpp"
#include "freshet/http.hpp"
#include "scheduler/scheduler_loop.hpp"

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
    /// Called once, from any thread, when the state can no longer be written.
    std::function<void(std::exception_ptr)> on_failure;
};

/// A scheduler with its state, its events and its server, which serves from the construction to the destruction.
class Daemon {
public:
    /// Throws LockedError when another daemon owns the state, ConfigError when the state is not one of ours, Error
    /// when the address cannot be listened on.
    Daemon(const DaemonConfig& config, DaemonParts parts);
    /// Accepts nothing more, answers what is under way, has events delivered, and closes the state.
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// "http://127.0.0.1:8082", "unix:/run/freshet/socket".
    std::string address() const;

    /// What was there at the start: "with 12 tasks and 3 workers in '/var/lib/freshet/freshetd.sqlite'".
    const std::string& state_summary() const { return state_summary_; }

    /// Puts the tokens of this configuration in force, and soon the limits and rates of its resources; throws
    /// ConfigError, having changed nothing, for tokens that cannot be read, and where none would be left.
    void reload(const DaemonConfig& config);

    /// Has `alive` called by the scheduler's thread, which so shows that it is.
    void check_liveness(std::function<void()> alive);

private:
    /// The scheduler's thread's work besides its own.
    std::optional<Time> on_tick();
    void start_run();
    void end_run(ExitStatus code, std::string_view summary);
    void start(const DaemonConfig& config, const AccessConfig& access_config);
    void add_pages(const DaemonConfig& config);
    void serve();
    void log_errors(const char* what, const std::function<void()>& action);

    DaemonParts parts_;
    ServerConfig server_config_;
    std::string listen_address_;
    std::string state_summary_{};
    std::mutex mutex_;
    std::optional<scheduler::Config> pending_config_{};  // guarded by mutex_
    std::string run_id_;
    LoopWaker waker_;
    std::unique_ptr<api::TestInstances> instances_;
    store::StateFile state_;
    std::optional<scheduler::Scheduler> scheduler_;
    std::optional<Maintenance> maintenance_;
    std::optional<scheduler::SchedulerLoop> scheduler_loop_;
    std::optional<LoopWaker::Registration> registration_;
    std::optional<dashboard::Pages> pages_;
    std::optional<api::Router> router_;
    std::optional<http::Server> server_;
};

}  // namespace freshet::daemon
