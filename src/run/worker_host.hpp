// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "process/fork_server.hpp"
#include "run/session.hpp"
#include "run/stop_signals.hpp"
#include "worker/worker.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace freshet::run {

/// Where a worker works, whoever its scheduler is: the runners, the mailbox, and the signals that end a run.
class WorkerHost {
public:
    /// What depends on the scheduler.
    struct WorkerSetup {
        worker::SchedulerClient& scheduler;
        worker::Observer& observer;
        std::function<std::optional<Time>()> on_tick;
        int slots = 1;
        worker::LongPollClient* long_poll = nullptr;
        std::optional<std::chrono::seconds> ping_interval{10};
        worker::SchedulerKind scheduler_kind = worker::SchedulerKind::embedded;
        std::vector<std::string> families{};
        std::optional<std::chrono::seconds> idle_timeout{};
    };

    /// To be made before any other thread. `fork_server`: none, where no task wants a process.
    WorkerHost(const Registry& registry, const SessionOptions& options, const SessionParts& parts,
               process::ForkServer* fork_server);

    /// Brings the plan up to date; returns what became of each task.
    std::vector<TaskResult> run_worker(worker::Plan& plan, WorkerSetup setup);

    worker::Mailbox<worker::Message>& mailbox() { return mailbox_; }
    const std::string& run_id() const { return run_id_; }
    const std::string& worker_id() const { return worker_id_; }
    Json::Object worker_info() const;
    bool has_processes() const { return fork_server_ != nullptr; }
    int stop_count() const { return stop_signals_ ? stop_signals_->count() : 0; }
    /// Has it called on a thread of its own for each signal, from now on.
    void on_stop(std::function<void()> on_signal);

    /// Evenly spread over [0, 1).
    static std::function<double()> jitter();

private:
    const Registry& registry_;
    const SessionOptions& options_;
    SessionParts parts_;
    process::ForkServer* fork_server_;
    std::string run_id_;
    std::string worker_id_;
    std::string salt_;
    worker::Mailbox<worker::Message> mailbox_;
    std::mutex mutex_;  // guards on_stop_
    std::function<void()> on_stop_ = [] {};
    std::optional<StopSignals> stop_signals_;  // last: its thread uses all of the above
};

}  // namespace freshet::run
