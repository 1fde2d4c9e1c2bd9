// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace freshet::run {

/// Ends a pause early: rung by one thread, waited for by another. A ring that nobody waits for is kept.
class Bell {
public:
    void ring() {
        const std::lock_guard lock(mutex_);
        is_rung_ = true;
        rung_.notify_one();
    }

    void wait(std::chrono::milliseconds at_most) {
        std::unique_lock lock(mutex_);
        rung_.wait_for(lock, at_most, [&] { return is_rung_; });
        is_rung_ = false;
    }

private:
    std::mutex mutex_;
    std::condition_variable rung_;
    bool is_rung_ = false;
};

}  // namespace freshet::run
