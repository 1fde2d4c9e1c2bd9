// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/happenings.hpp"

#include <unistd.h>

#include <utility>

namespace freshet::daemon {

DaemonEventQueue::DaemonEventQueue()
    : listener_({SIGTERM, SIGINT, SIGQUIT, SIGHUP}, [this](int signal) { on_signal(signal); }) {}

void DaemonEventQueue::on_signal(int signal) {
    {
        const std::lock_guard lock(mutex_);
        if (signal == SIGHUP) {
            reload_requested_ = true;
        } else {
            // Everything that was answered to is in the file: nothing is lost but what is under way.
            if (++stop_count_ > 1) _exit(128 + signal);
            stop_requested_ = true;
        }
    }
    event_posted_.notify_one();
}

void DaemonEventQueue::fail(std::exception_ptr why) {
    {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(why);
        has_failed_ = true;
    }
    event_posted_.notify_one();
}

std::exception_ptr DaemonEventQueue::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

std::optional<DaemonEvent> DaemonEventQueue::wait(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    std::optional<DaemonEvent> taken;
    event_posted_.wait_until(lock, until, [&] { return (taken = take()).has_value(); });
    return taken;
}

/// With the lock held.
std::optional<DaemonEvent> DaemonEventQueue::take() {
    if (std::exchange(stop_requested_, false)) return DaemonEvent::stop;
    if (std::exchange(has_failed_, false)) return DaemonEvent::failure;
    if (std::exchange(reload_requested_, false)) return DaemonEvent::reload;
    return std::nullopt;
}

}  // namespace freshet::daemon
