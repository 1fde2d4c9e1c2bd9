// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/signals.hpp"

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>

namespace freshet::operate {

/// Waits for SIGINT, SIGTERM or SIGHUP. Construct it before the first thread.
class EndSignal {
public:
    void wait() {
        std::unique_lock lock(mutex_);
        signalled_.wait(lock, [this] { return has_come_; });
    }

    /// Returns true when a signal has come; false after the timeout.
    bool wait_for(std::chrono::steady_clock::duration timeout) {
        std::unique_lock lock(mutex_);
        return signalled_.wait_for(lock, timeout, [this] { return has_come_; });
    }

private:
    void on_signal() {
        const std::lock_guard lock(mutex_);
        has_come_ = true;
        signalled_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable signalled_;
    bool has_come_ = false;
    SignalListener listener_{{SIGINT, SIGTERM, SIGHUP},
                             [this](int) { on_signal(); }};  // last: it uses all of the above
};

}  // namespace freshet::operate
