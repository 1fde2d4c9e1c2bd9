// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/access.hpp"
#include "app/bell.hpp"
#include "app/configuration.hpp"
#include "app/exit_code.hpp"
#include "app/housekeeping.hpp"
#include "freshet/http.hpp"
#include "scheduler/api/api.hpp"
#include "scheduler/page/pages.hpp"
#include "scheduler/scheduler_thread.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::app {

struct DaemonParts {
    const Clock& clock;
    Log& log;
    std::vector<scheduler::Audit*> audits;
    /// Called once, from any thread, when the state can no longer be written.
    std::function<void(std::exception_ptr)> failed;
};

/// A scheduler with its state, its events and its server, which serves from the construction to the destruction.
class Daemon {
public:
    /// Throws OwnedError when another daemon owns the state, ConfigurationError when the state is not one of ours, Error
    /// when the address cannot be listened on.
    Daemon(const Configuration& configuration, DaemonParts parts);
    /// Accepts nothing more, answers what is under way, has events delivered, and closes the state.
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// "http://127.0.0.1:8082", "unix:/run/freshet/socket".
    std::string address() const;

    /// What was there at the start: "with 12 tasks and 3 workers in '/var/lib/freshet/freshetd.sqlite'".
    const std::string& contents() const { return contents_; }

    /// Puts the tokens of this configuration in force, and soon the limits and rates of its resources; throws
    /// ConfigurationError, having changed nothing, for tokens that cannot be read, and where none would be left.
    void reload(const Configuration& configuration);

    /// Has `alive` called by the scheduler's thread, which so shows that it is.
    void ask_whether_alive(std::function<void()> alive);

private:
    /// The scheduler's thread's work besides its own.
    std::optional<Time> between();
    void start_run();
    void end_run(ExitCode code, std::string_view summary);
    void begin(const Configuration& configuration, const Entrance& entrance);
    void add_pages(const Configuration& configuration);
    void serve();
    void quietly(const char* what, const std::function<void()>& action);

    DaemonParts parts_;
    ServerSettings settings_;
    std::string listens_on_;
    std::string contents_{};
    std::mutex mutex_;
    std::optional<scheduler::Config> told_{};  // guarded by mutex_
    std::string run_id_;
    Bell bell_;
    std::unique_ptr<scheduler::TestInstances> instances_;
    store::StateFile state_;
    std::optional<scheduler::Scheduler> scheduler_;
    std::optional<Housekeeping> housekeeping_;
    std::optional<scheduler::SchedulerThread> thread_;
    std::optional<Bell::Hung> hung_;
    std::optional<scheduler::page::Pages> pages_;
    std::optional<scheduler::Api> api_;
    std::optional<http::Server> server_;
};

}  // namespace freshet::app
