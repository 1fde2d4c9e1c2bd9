// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/run_callbacks.hpp"

#include "worker/attempt.hpp"

#include <fmt/format.h>

#include <utility>

namespace freshet::run {

using worker::FinishedAttempt;

void RunCallbacks::started(const AnyTask& task, int attempt) {
    inner_.started(task, attempt);
    if (author_) enqueue([this, task, attempt] { author_->started(task, attempt); });
}

void RunCallbacks::progressed(const AnyTask& task, double fraction) {
    inner_.progressed(task, fraction);
    if (author_) enqueue([this, task, fraction] { author_->progressed(task, fraction); });
}

void RunCallbacks::ended(const AnyTask& task, const FinishedAttempt& end) {
    inner_.ended(task, end);
    EndedAttempt attempt{.number = end.attempt, .retry_at = end.retry_at, .took = end.took};
    if (end.status == FinishedAttempt::Status::done) return on_success(task, attempt);
    if (end.status != FinishedAttempt::Status::failed) return;
    const FailureClass failure_class = end.failure_class.value_or(FailureClass::permanent);
    const bool waits = failure_class != FailureClass::not_ready || (wait_until_ && end.retry_at <= wait_until_);
    attempt.is_last = !end.retry_at || !waits;
    on_failure(task, {.failure_class = failure_class, .message = end.message}, attempt);
}

void RunCallbacks::on_success(const AnyTask& task, const EndedAttempt& attempt) {
    if (task.type().on_success) enqueue([task] { task.on_success(); });
    if (author_) enqueue([this, task, attempt] { author_->succeeded(task, attempt); });
}

void RunCallbacks::on_failure(const AnyTask& task, const Failure& failure, const EndedAttempt& attempt) {
    if (task.type().on_recorded_failure)
        enqueue([task, failure, attempt] { task.on_recorded_failure(failure, attempt); });
    if (!author_) return;
    if (attempt.is_last)
        enqueue([this, task, failure, attempt] { author_->failed(task, failure, attempt); });
    else
        enqueue([this, task, failure, attempt] { author_->retried(task, failure, attempt); });
}

void RunCallbacks::finish(const SessionResult& result) {
    if (author_)
        enqueue([this, &result] {
            for (const TaskResult& task : result.tasks)
                if (task.attempts == 0 && task.status != TaskStatus::complete && task.status != TaskStatus::done)
                    run_call([&] { author_->skipped(task); });
            author_->run_ended(result);
        });
    join();
}

void RunCallbacks::enqueue(std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
    if (!thread_.joinable()) thread_ = std::thread([this] { run_calls(); });
    changed_.notify_one();
}

void RunCallbacks::run_calls() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return is_over_ || !calls_.empty(); });
        if (calls_.empty()) return;
        const auto call = std::move(calls_.front());
        calls_.pop_front();
        lock.unlock();
        run_call(call);
        lock.lock();
    }
}

void RunCallbacks::run_call(const std::function<void()>& call) {
    try {
        call();
    } catch (...) {
        inner_.notified(fmt::format("call the author's code for an event of the run: {}",
                                    worker::caught_failure().failure.message));
    }
}

void RunCallbacks::join() {
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

}  // namespace freshet::run
