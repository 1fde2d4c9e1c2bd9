// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/signal_listener.hpp"

#include <atomic>
#include <functional>

namespace freshet::run {

/// Counts SIGTERM and SIGINT instead of dying of them, from its construction to its destruction. They are blocked in
/// the constructing thread and in those it starts from then on; `notice` is called on a thread of its own after each.
class StopSignals {
public:
    explicit StopSignals(std::function<void()> notice)
        : listener_({SIGTERM, SIGINT}, [this, notice = std::move(notice)](int) {
              ++count_;
              notice();
          }) {}

    int count() const { return count_; }

private:
    std::atomic<int> count_ = 0;
    SignalListener listener_;  // last: it counts from another thread
};

}  // namespace freshet::run
