// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <atomic>

namespace freshet::test {

/// The system's clock, which the test can set, and which passes over a suspend of the process on demand. Thread-safe.
class SettableClock final : public Clock {
public:
    Time now() const override { return SystemClock().now() + set_.load() + passed_.load(); }
    std::chrono::steady_clock::time_point steady_now() const override {
        return SystemClock().steady_now() + passed_.load();
    }

    /// Sets the wall clock by that much; the steady clock does not notice.
    void set_by(Time::duration change) { set_ = set_.load() + change; }
    /// Lets time pass.
    void advance(Time::duration time) { passed_ = passed_.load() + time; }

private:
    std::atomic<Time::duration> set_{Time::duration::zero()};
    std::atomic<Time::duration> passed_{Time::duration::zero()};
};

}  // namespace freshet::test
