// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace freshet {

/// An instant of the calendar, in UTC.
using Time = std::chrono::system_clock::time_point;

/// The source of time. Nothing else asks the system, so tests can replay whole days.
class Clock {
public:
    virtual ~Clock() = default;
    /// The time of the calendar, which can be set.
    virtual Time now() const = 0;
    /// Never goes back; for measuring durations.
    virtual std::chrono::steady_clock::time_point steady_now() const = 0;
};

/// The system's clocks.
class SystemClock final : public Clock {
public:
    /// The system's time.
    Time now() const override;
    std::chrono::steady_clock::time_point steady_now() const override;
};

}  // namespace freshet
