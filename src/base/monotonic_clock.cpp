// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/monotonic_clock.hpp"

#include <ctime>

namespace freshet {

namespace {

using std::chrono::nanoseconds;

/// The clocks are read one after the other, and the thread may lose the processor in between.
constexpr std::chrono::seconds tolerance{1};

nanoseconds read_clock(clockid_t id) {
    timespec time{};
    ::clock_gettime(id, &time);
    return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

/// The time in which the machine was suspended since its start: CLOCK_MONOTONIC does not count it.
nanoseconds suspended_time() { return read_clock(CLOCK_BOOTTIME) - read_clock(CLOCK_MONOTONIC); }

}  // namespace

MonotonicClock::MonotonicClock(const Clock& clock)
    : clock_(clock),
      suspended_(suspended_time().count()),
      offset_((clock.now().time_since_epoch() - elapsed()).count()) {}

Time MonotonicClock::now() const { return Time(elapsed() + Time::duration(offset_)); }

Time::duration MonotonicClock::elapsed() const {
    const nanoseconds suspended = suspended_time();
    if (suspended - nanoseconds(suspended_) >= tolerance) suspended_ = suspended.count();
    return std::chrono::duration_cast<Time::duration>(clock_.steady_now().time_since_epoch() + nanoseconds(suspended_));
}

Time::duration MonotonicClock::resynchronize() {
    const auto change = clock_.now() - now();
    if (std::chrono::abs(change) < tolerance) return Time::duration::zero();
    offset_ += change.count();
    return change;
}

}  // namespace freshet
