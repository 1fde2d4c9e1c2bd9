// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include <csignal>

namespace freshet::run {

/// Counts SIGTERM and SIGINT instead of dying of them, from its construction to its destruction. They are blocked in
/// the constructing thread and in those it starts from then on; `notice` is called on a thread of its own after each.
class StopSignals {
public:
    explicit StopSignals(std::function<void()> notice);
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    int count() const { return count_; }

private:
    void listen();

    std::function<void()> notice_;
    sigset_t before_{};
    std::atomic<int> count_ = 0;
    int wake_ = -1;  // an eventfd that ends the listener
    std::thread listener_;
};

}  // namespace freshet::run
