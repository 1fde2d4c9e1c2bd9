// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/happenings.hpp"

#include <unistd.h>

#include <utility>

namespace freshet::app {

Happenings::Happenings() : listener_({SIGTERM, SIGINT, SIGQUIT, SIGHUP}, [this](int signal) { hear(signal); }) {}

void Happenings::hear(int signal) {
    {
        const std::lock_guard lock(mutex_);
        if (signal == SIGHUP) {
            is_to_reload_ = true;
        } else {
            // Everything that was answered to is in the file: nothing is lost but what is under way.
            if (++stops_ > 1) _exit(128 + signal);
            is_to_stop_ = true;
        }
    }
    happened_.notify_one();
}

void Happenings::fail(std::exception_ptr why) {
    {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(why);
        has_failed_ = true;
    }
    happened_.notify_one();
}

std::exception_ptr Happenings::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

std::optional<Happening> Happenings::wait(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    std::optional<Happening> taken;
    happened_.wait_until(lock, until, [&] { return (taken = take()).has_value(); });
    return taken;
}

/// With the lock held.
std::optional<Happening> Happenings::take() {
    if (std::exchange(is_to_stop_, false)) return Happening::stop;
    if (std::exchange(has_failed_, false)) return Happening::failure;
    if (std::exchange(is_to_reload_, false)) return Happening::reload;
    return std::nullopt;
}

}  // namespace freshet::app
