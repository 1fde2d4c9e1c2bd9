// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/thread_runner.hpp"

#include "base/time.hpp"
#include "worker/messages.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace freshet::process {

using worker::Attempt;
using worker::AttemptResult;
using worker::AttemptServices;
using worker::AttemptStatus;
using worker::Mailbox;
using worker::Message;
using worker::MessageReporter;

ThreadRunner::~ThreadRunner() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = has_changed_ = true;
        started_.clear();
        for (const auto& [token, control] : controls_) control->is_cancelled = true;
    }
    stop_.request_stop();
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void ThreadRunner::start(Attempt attempt) {
    const std::string token = attempt.token;
    auto control = std::make_shared<Control>();
    std::unique_lock lock(mutex_);
    controls_.emplace(token, control);
    started_.push_back({std::move(attempt), std::move(control)});
    has_changed_ = true;
    if (started_.size() <= idle_) {
        lock.unlock();  // the woken thread wants it
        return changed_.notify_one();
    }
    try {
        threads_.emplace_back([this] { run_thread(); });
        ++idle_;
    } catch (const std::system_error& error) {
        started_.pop_back();
        has_changed_ = !started_.empty();
        controls_.erase(token);
        mailbox_.put(failed_start(token, fmt::format("start a thread: {}", error.what())));
    }
}

void ThreadRunner::cancel(const std::string& token) {
    const std::lock_guard lock(mutex_);
    if (const auto found = controls_.find(token); found != controls_.end()) found->second->is_cancelled = true;
}

void ThreadRunner::send(const std::string& token, worker::IncomingMessage message) {
    const std::lock_guard lock(mutex_);
    const auto found = controls_.find(token);
    if (found == controls_.end()) return;
    const std::lock_guard inbox_lock(found->second->mutex);
    found->second->messages.push_back(std::move(message));
}

void ThreadRunner::run_thread() {
    std::unique_lock lock(mutex_);
    for (;;) {
        worker::wait_briefly(lock, has_changed_);
        changed_.wait(lock, [&] { return has_changed_.load(); });
        if (is_stopping_) return;
        const StartedAttempt next = std::move(started_.front());
        started_.pop_front();
        has_changed_ = !started_.empty();
        --idle_;
        lock.unlock();
        AttemptResult result = run(next);
        lock.lock();
        ++idle_;  // before the worker learns that it may start another attempt
        controls_.erase(next.attempt.token);
        lock.unlock();
        mailbox_.put(std::move(result));
        lock.lock();
    }
}

AttemptResult ThreadRunner::run(const StartedAttempt& started) {
    const std::string& token = started.attempt.token;
    Control& control = *started.control;
    if (control.is_cancelled) return failed_start(token, "cancelled before it started");
    MessageReporter reporter(token, [this](Message message) { send(std::move(message)); });
    const auto timeout = worker::timeout_of(started.attempt);
    const auto deadline = services_.clock.steady_now() + timeout;
    const auto is_overdue = [&] { return timeout.count() > 0 && services_.clock.steady_now() >= deadline; };
    AttemptServices services = services_;
    services.take_messages = [&] {
        const std::lock_guard lock(control.mutex);
        return std::exchange(control.messages, {});
    };
    AttemptResult result =
        worker::run_attempt(started.attempt, services, reporter, [&] { return control.is_cancelled || is_overdue(); });
    if (result.status == AttemptStatus::failed && control.is_cancelled)
        worker::mark_transient(result, "cancelled");
    else if (result.status == AttemptStatus::failed && is_overdue())
        worker::mark_transient(result, fmt::format("took longer than {}", readable_duration(timeout)));
    return result;
}

AttemptResult ThreadRunner::failed_start(const std::string& token, std::string reason) const {
    const Time now = services_.clock.now();
    return {.token = token, .failure = {FailureClass::transient, std::move(reason)}, .started = now, .ended = now};
}

void ThreadRunner::send(Message message) {
    if (mailbox_.wait_for_room(stop_.get_token())) worker::put_report(mailbox_, std::move(message));
}

}  // namespace freshet::process
