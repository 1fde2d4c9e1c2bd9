// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/session.hpp"
#include "run/stop_signals.hpp"
#include "worker/nursery.hpp"
#include "worker/worker.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace freshet::run {

/// Where a worker works, whoever its scheduler is: the runners, the mailbox, and the signals that end a run.
class Workshop {
public:
    /// What depends on the scheduler.
    struct Employment {
        worker::SchedulerClient& scheduler;
        worker::Observer& observer;
        std::function<std::optional<Time>()> between;
        int slots = 1;
        worker::HeldQuestion* held = nullptr;
        std::optional<std::chrono::seconds> ping_interval{10};
        std::optional<worker::Sharing> sharing{};
    };

    /// To be made before any other thread. `nursery`: none, where no task wants a process.
    Workshop(const Registry& registry, const SessionOptions& options, const SessionParts& parts, worker::Nursery* nursery);

    /// Brings the plan up to date; returns what became of each task.
    std::vector<TaskReport> work(worker::Plan& plan, Employment employment);

    worker::Mailbox<worker::Message>& mailbox() { return mailbox_; }
    const std::string& run_id() const { return run_id_; }
    const std::string& worker_id() const { return worker_id_; }
    Json::Object worker_info() const;
    bool has_processes() const { return nursery_ != nullptr; }
    int stops() const { return stops_ ? stops_->count() : 0; }
    /// Has it called on a thread of its own for each signal, from now on.
    void on_stop(std::function<void()> notice);

    /// Evenly spread over [0, 1).
    static std::function<double()> chance();

private:
    const Registry& registry_;
    const SessionOptions& options_;
    SessionParts parts_;
    worker::Nursery* nursery_;
    std::string run_id_;
    std::string worker_id_;
    std::string salt_;
    worker::Mailbox<worker::Message> mailbox_;
    std::mutex mutex_;  // guards on_stop_
    std::function<void()> on_stop_ = [] {};
    std::optional<StopSignals> stops_;  // last: its thread uses all of the above
};

}  // namespace freshet::run
