// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <mutex>
#include <thread>

namespace freshet {

/// Yields to other threads until `is_over()`, at most 200 µs: to wake a thread that sleeps takes a good part of that.
/// Call before a wait for what is often there soon. The lock is not held while others run.
template <class Predicate>
void wait_briefly(std::unique_lock<std::mutex>& lock, Predicate is_over) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(200);
    while (!is_over() && std::chrono::steady_clock::now() < end) {
        lock.unlock();
        std::this_thread::yield();
        lock.lock();
    }
}

}  // namespace freshet
