// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace freshet::run {

/// Ends a pause early: rung by one thread, waited for by another. A ring that nobody waits for is kept.
class InterruptibleSleep {
public:
    void interrupt() {
        const std::lock_guard lock(mutex_);
        is_interrupted_ = true;
        interrupted_.notify_one();
    }

    void sleep_for(std::chrono::milliseconds duration) {
        std::unique_lock lock(mutex_);
        interrupted_.wait_for(lock, duration, [&] { return is_interrupted_; });
        is_interrupted_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable interrupted_;
    bool is_interrupted_ = false;
};

}  // namespace freshet::run
