// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/signals.hpp"

#include <atomic>
#include <functional>

namespace freshet::run {

/// Counts SIGTERM and SIGINT instead of dying of them, from its construction to its destruction. They are blocked in
/// the constructing thread and in those it starts from then on; `on_signal` is called on a thread of its own after
/// each.
class StopSignals {
public:
    explicit StopSignals(std::function<void()> on_signal)
        : listener_({SIGTERM, SIGINT}, [this, on_signal = std::move(on_signal)](int) {
              ++count_;
              on_signal();
          }) {}

    int count() const { return count_; }

private:
    std::atomic<int> count_ = 0;
    SignalListener listener_;  // last: it counts from another thread
};

}  // namespace freshet::run
