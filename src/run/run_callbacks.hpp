// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/session.hpp"
#include "worker/observer.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

namespace freshet::run {

/// Calls what authors write for the ends of attempts: on_success() and the recorded on_failure() of tasks, and a
/// RunObserver; passes everything on to the run's own observer. Authors' code runs on a thread of its own, which starts
/// with the first call: it may take its time without keeping the worker from its work.
class RunCallbacks final : public worker::Observer {
public:
    /// `inner` outlives the object.
    RunCallbacks(worker::Observer& inner, std::shared_ptr<RunObserver> author, std::optional<Time> wait_until)
        : inner_(inner), author_(std::move(author)), wait_until_(wait_until) {}
    ~RunCallbacks() override { join(); }

    void planned(const worker::Plan& plan) override { inner_.planned(plan); }
    void started(const AnyTask& task, int attempt) override;
    void progressed(const AnyTask& task, double fraction) override;
    void status_changed(const AnyTask& task, std::string_view message) override {
        inner_.status_changed(task, message);
    }
    void logged(const AnyTask& task, std::string_view message, bool is_warning) override {
        inner_.logged(task, message, is_warning);
    }
    void ended(const AnyTask& task, const worker::FinishedAttempt& end) override;
    void notified(std::string_view message) override { inner_.notified(message); }

    /// Tells the author how the run has ended. Returns when all calls have.
    void finish(const SessionResult& result);

private:
    void on_success(const AnyTask& task, const EndedAttempt& attempt);
    void on_failure(const AnyTask& task, const Failure& failure, const EndedAttempt& attempt);
    void enqueue(std::function<void()> call);
    void run_calls();
    void run_call(const std::function<void()>& call);
    void join();

    worker::Observer& inner_;
    std::shared_ptr<RunObserver> author_;
    std::optional<Time> wait_until_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> calls_;
    bool is_over_ = false;
    std::thread thread_;
};

}  // namespace freshet::run
