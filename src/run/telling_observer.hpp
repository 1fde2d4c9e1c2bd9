// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/heartbeat.hpp"
#include "worker/observer.hpp"

namespace freshet::run {

/// Passes everything on to who watches the run, and how far tasks are to the scheduler's page, too.
class TellingObserver final : public worker::Observer {
public:
    TellingObserver(worker::Observer& watch, worker::Heartbeat& heartbeat) : watch_(watch), heartbeat_(heartbeat) {}

    void planned(const worker::Plan& plan) override { watch_.planned(plan); }
    void started(const AnyTask& task, int attempt) override { watch_.started(task, attempt); }
    void progressed(const AnyTask& task, double fraction) override {
        heartbeat_.progress(task.id(), fraction);
        watch_.progressed(task, fraction);
    }
    void said(const AnyTask& task, std::string_view message) override {
        heartbeat_.status(task.id(), message);
        watch_.said(task, message);
    }
    void logged(const AnyTask& task, std::string_view message, bool is_warning) override { watch_.logged(task, message, is_warning); }
    void ended(const AnyTask& task, const worker::AttemptEnd& end) override { watch_.ended(task, end); }
    void noticed(std::string_view message) override { watch_.noticed(message); }

private:
    worker::Observer& watch_;
    worker::Heartbeat& heartbeat_;
};

}  // namespace freshet::run
