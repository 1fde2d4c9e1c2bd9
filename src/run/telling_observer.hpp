// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/heartbeat.hpp"
#include "worker/observer.hpp"

namespace freshet::run {

/// Passes everything on to who watches the run, and how far tasks are to the scheduler's page, too.
class HeartbeatObserver final : public worker::Observer {
public:
    HeartbeatObserver(worker::Observer& observer, worker::Heartbeat& heartbeat)
        : observer_(observer), heartbeat_(heartbeat) {}

    void planned(const worker::Plan& plan) override { observer_.planned(plan); }
    void started(const AnyTask& task, int attempt) override { observer_.started(task, attempt); }
    void progressed(const AnyTask& task, double fraction) override {
        heartbeat_.progress(task.id(), fraction);
        observer_.progressed(task, fraction);
    }
    void status_changed(const AnyTask& task, std::string_view message) override {
        heartbeat_.status(task.id(), message);
        observer_.status_changed(task, message);
    }
    void logged(const AnyTask& task, std::string_view message, bool is_warning) override {
        observer_.logged(task, message, is_warning);
    }
    void ended(const AnyTask& task, const worker::FinishedAttempt& end) override { observer_.ended(task, end); }
    void notified(std::string_view message) override { observer_.notified(message); }

private:
    worker::Observer& observer_;
    worker::Heartbeat& heartbeat_;
};

}  // namespace freshet::run
