// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>

namespace gfs::test {

/// A clock for several threads: it stands still while one of them runs, and jumps to the next wake-up when all sleep.
class SimulatedClock final : public freshet::Clock {
public:
    explicit SimulatedClock(int threads) : awake_(threads) {}

    /// Registration of one thread; an ended thread counts as asleep.
    class Participant {
    public:
        explicit Participant(SimulatedClock& time) : time_(time) {}
        ~Participant() { time_.leave(); }
        Participant(const Participant&) = delete;
        Participant& operator=(const Participant&) = delete;

    private:
        SimulatedClock& time_;
    };

    freshet::Time now() const override {
        const std::lock_guard lock(mutex_);
        return now_;
    }
    std::chrono::steady_clock::time_point steady_now() const override {
        return std::chrono::steady_clock::time_point(now().time_since_epoch());
    }

    void sleep(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        const auto until = now_ + time;
        const auto wakeup = wakeups_.insert(until);
        fall_asleep();
        changed_.wait(lock, [&] { return now_ >= until; });
        wakeups_.erase(wakeup);
    }

private:
    void leave() {
        const std::lock_guard lock(mutex_);
        fall_asleep();
    }

    void fall_asleep() {
        if (--awake_ > 0 || wakeups_.empty()) return;
        now_ = std::max(now_, *wakeups_.begin());
        // All threads that are due count as awake, before they have woken up.
        awake_ = static_cast<int>(std::distance(wakeups_.begin(), wakeups_.upper_bound(now_)));
        changed_.notify_all();
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    freshet::Time now_{std::chrono::seconds{1'787'292'000}};
    std::multiset<freshet::Time> wakeups_;
    int awake_;
};

}  // namespace gfs::test
