// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/task.hpp"

#include "worker/plan.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::worker {

/// The end of one attempt.
struct FinishedAttempt {
    enum class Status { done, waiting, failed, lost };
    Status status = Status::done;
    int attempt = 1;
    std::chrono::milliseconds took{0};
    std::string message{};  ///< reason of the failure or of the wait
    std::optional<FailureClass> failure_class{};
    std::optional<Time> retry_at{};  ///< next retry; none: not in this run
};

/// Receives the events of a run, for terminal and log. Called on the worker's thread.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void planned(const Plan& plan) = 0;
    virtual void started(const AnyTask& task, int attempt) = 0;
    virtual void progressed(const AnyTask& task, double fraction) = 0;
    virtual void status_changed(const AnyTask& task, std::string_view message) = 0;
    virtual void logged(const AnyTask& task, std::string_view message, bool is_warning) = 0;
    virtual void ended(const AnyTask& task, const FinishedAttempt& end) = 0;
    /// Reports on the run as a whole: it drains, the disk is full, an event cannot be delivered now.
    virtual void notified(std::string_view message) = 0;
};

/// Ignores all events.
class NoObserver final : public Observer {
public:
    void planned(const Plan&) override {}
    void started(const AnyTask&, int) override {}
    void progressed(const AnyTask&, double) override {}
    void status_changed(const AnyTask&, std::string_view) override {}
    void logged(const AnyTask&, std::string_view, bool) override {}
    void ended(const AnyTask&, const FinishedAttempt&) override {}
    void notified(std::string_view) override {}
};

/// Keeps the starts and ends of attempts until pass_on(), in order: an attempt can be started before it is told that
/// the one before it has ended. Passes everything else on at once, behind them.
class DeferringObserver final : public Observer {
public:
    explicit DeferringObserver(Observer& observer) : observer_(observer) {}

    void pass_on() {
        for (const auto& call : kept_) call();
        kept_.clear();
    }

    void planned(const Plan& plan) override { behind_kept().planned(plan); }
    void started(const AnyTask& task, int attempt) override {
        kept_.push_back([this, task, attempt] { observer_.started(task, attempt); });
    }
    void progressed(const AnyTask& task, double fraction) override { behind_kept().progressed(task, fraction); }
    void status_changed(const AnyTask& task, std::string_view message) override {
        behind_kept().status_changed(task, message);
    }
    void logged(const AnyTask& task, std::string_view message, bool is_warning) override {
        behind_kept().logged(task, message, is_warning);
    }
    void ended(const AnyTask& task, const FinishedAttempt& end) override {
        kept_.push_back([this, task, end] { observer_.ended(task, end); });
    }
    void notified(std::string_view message) override { behind_kept().notified(message); }

private:
    Observer& behind_kept() {
        pass_on();
        return observer_;
    }

    Observer& observer_;
    std::vector<std::function<void()>> kept_;
};

}  // namespace freshet::worker
