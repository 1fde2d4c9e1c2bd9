// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace freshet::worker {

/// Messages from many threads to one, in the order in which they were put.
template <class T>
class Mailbox {
public:
    void put(T message) {
        const std::lock_guard lock(mutex_);
        messages_.push_back(std::move(message));
        if (messages_.size() == 1) filled_.notify_one();
    }

    /// Everything that is there; waits for the first message until `deadline`, then returns none.
    std::vector<T> take_all(std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        filled_.wait_until(lock, deadline, [&] { return !messages_.empty(); });
        return std::exchange(messages_, {});
    }

    /// Everything that is there; waits for the first message.
    std::vector<T> take_all() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [&] { return !messages_.empty(); });
        return std::exchange(messages_, {});
    }

private:
    std::mutex mutex_;
    std::condition_variable filled_;
    std::vector<T> messages_;
};

}  // namespace freshet::worker
