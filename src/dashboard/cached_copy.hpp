// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/state_machine.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace freshet::dashboard {

/// Runs a function on the scheduler's thread, with read access to its state.
using Inspect = std::function<void(std::function<void(const scheduler::StateMachine&, Time)>)>;

/// Cached copy of part of the scheduler's state, shared by concurrent requests: the scheduler's thread makes at most
/// one per `max_age`, however many clients load a page. Thread-safe.
template <class T>
class CachedCopy {
public:
    using MakeCopy = std::function<T(const scheduler::SchedulerState&, Time)>;
    using Callback = std::function<void(std::shared_ptr<const T>)>;

    /// `clock` and the target of `inspect` outlive this and pending copies.
    CachedCopy(Inspect inspect, MakeCopy make_copy, const Clock& clock, std::chrono::milliseconds max_age)
        : inspect_(std::move(inspect)), make_copy_(std::move(make_copy)), clock_(clock), max_age_(max_age) {}

    /// Calls `callback` once, now or on the scheduler's thread; it must not block.
    void get(Callback callback) {
        std::shared_ptr<const T> last;
        {
            const std::lock_guard lock(cache_->mutex);
            if (cache_->last && clock_.steady_now() - cache_->taken < max_age_)
                last = cache_->last;
            else
                cache_->waiting.push_back(callback);
            if (!last && cache_->waiting.size() > 1) return;  // a copy is already being made
        }
        if (last) return callback(std::move(last));
        inspect_([cache = cache_, make_copy = make_copy_, &clock = clock_](const scheduler::StateMachine& machine,
                                                                           Time now) {
            const auto fresh = std::make_shared<const T>(make_copy(machine.state(), now));
            for (const Callback& waiting : cache->store(fresh, clock.steady_now())) waiting(fresh);
        });
    }

    /// The last copy, of whatever age; null before the first one.
    std::shared_ptr<const T> last() const {
        const std::lock_guard lock(cache_->mutex);
        return cache_->last;
    }

private:
    struct Cache {
        std::mutex mutex;
        std::shared_ptr<const T> last;
        std::chrono::steady_clock::time_point taken;
        std::vector<Callback> waiting;

        std::vector<Callback> store(std::shared_ptr<const T> fresh, std::chrono::steady_clock::time_point now) {
            const std::lock_guard lock(mutex);
            last = std::move(fresh);
            taken = now;
            return std::exchange(waiting, {});
        }
    };

    Inspect inspect_;
    MakeCopy make_copy_;
    const Clock& clock_;
    std::chrono::milliseconds max_age_;
    std::shared_ptr<Cache> cache_ = std::make_shared<Cache>();
};

}  // namespace freshet::dashboard
