// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <atomic>

namespace freshet {

/// Wall time that setting the system's clock does not move: the time of its construction plus what has passed since,
/// including the time in which the machine was suspended. Deadlines and durations in this time are right whatever
/// happens to the clock. Thread-safe.
class MonotonicClock final : public Clock {
public:
    explicit MonotonicClock(const Clock& clock);

    Time now() const override;
    std::chrono::steady_clock::time_point steady_now() const override { return clock_.steady_now(); }

    /// Adopts the time of the underlying clock if that was set by a second or more, and returns by how much; otherwise
    /// zero. The caller adds it to all instants in this time.
    Time::duration resynchronize();

private:
    Time::duration elapsed() const;

    const Clock& clock_;
    mutable std::atomic<std::chrono::nanoseconds::rep> suspended_;  // that of the machine so far
    std::atomic<Time::duration::rep> offset_;                       // now() is elapsed() plus this
};

}  // namespace freshet
