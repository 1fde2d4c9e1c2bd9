// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/thread_runner.hpp"

#include "base/time.hpp"
#include "worker/messages.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::process {

using worker::Attempt;
using worker::AttemptResult;
using worker::AttemptServices;
using worker::AttemptStatus;
using worker::Mailbox;
using worker::Message;
using worker::MessageReporter;

ThreadRunner::ThreadRunner(int threads, const AttemptServices& services, Mailbox<Message>& mailbox)
    : max_threads_(static_cast<std::size_t>(std::max(threads, 1))), services_(services), mailbox_(mailbox) {}

ThreadRunner::~ThreadRunner() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        queue_.clear();
        for (const auto& [token, flag] : cancel_flags_) *flag = true;
    }
    stop_.request_stop();
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void ThreadRunner::start(Attempt attempt) {
    const std::lock_guard lock(mutex_);
    CancelFlag flag = std::make_shared<std::atomic<bool>>(false);
    cancel_flags_.emplace(attempt.token, flag);
    queue_.push_back({std::move(attempt), std::move(flag)});
    if (queue_.size() > idle_ && threads_.size() < max_threads_)
        threads_.emplace_back([this] { run_thread(); });
    else
        changed_.notify_one();
}

void ThreadRunner::cancel(const std::string& token) {
    const std::lock_guard lock(mutex_);
    if (const auto found = cancel_flags_.find(token); found != cancel_flags_.end()) *found->second = true;
}

void ThreadRunner::run_thread() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        changed_.wait(lock, [&] { return is_stopping_ || !queue_.empty(); });
        --idle_;
        if (is_stopping_) return;
        const QueuedAttempt next = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        run(next);
        lock.lock();
        cancel_flags_.erase(next.attempt.token);
    }
}

void ThreadRunner::run(const QueuedAttempt& queued) {
    if (*queued.is_cancelled) {
        mailbox_.put(AttemptResult{.token = queued.attempt.token,
                                   .failure = {FailureClass::transient, "cancelled before it started"},
                                   .started = services_.clock.now(),
                                   .ended = services_.clock.now()});
        return;
    }
    MessageReporter reporter(queued.attempt.token, [this](Message message) { send(std::move(message)); });
    const auto timeout = worker::timeout_of(queued.attempt.task);
    const auto deadline = services_.clock.steady_now() + timeout;
    const auto is_overdue = [&] { return timeout.count() > 0 && services_.clock.steady_now() >= deadline; };
    AttemptResult result =
        worker::run_attempt(queued.attempt, services_, reporter, [&] { return *queued.is_cancelled || is_overdue(); });
    if (result.status == AttemptStatus::failed && *queued.is_cancelled)
        worker::mark_transient(result, "cancelled");
    else if (result.status == AttemptStatus::failed && is_overdue())
        worker::mark_transient(result, fmt::format("took longer than {}", readable_duration(timeout)));
    mailbox_.put(std::move(result));
}

void ThreadRunner::send(Message message) {
    if (!mailbox_.wait_for_room(stop_.get_token())) return;
    const std::size_t memory = worker::memory_of(message);
    mailbox_.put(std::move(message), memory);
}

}  // namespace freshet::process
