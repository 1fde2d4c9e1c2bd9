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

/// Has a function look at the state on the scheduler's thread.
using Inspect = std::function<void(std::function<void(const scheduler::StateMachine&, Time)>)>;

/// A copy of what the scheduler knows, made for all who ask at about the same time: however many look at a page, its
/// thread is asked no oftener than once in that time.
template <class T>
class CachedCopy {
public:
    using MakeCopy = std::function<T(const scheduler::SchedulerState&, Time)>;
    using Callback = std::function<void(std::shared_ptr<const T>)>;

    /// `clock` and what `look` leads to outlive this; copies that are under way may come later.
    CachedCopy(Inspect inspect, MakeCopy make_copy, const Clock& clock, std::chrono::milliseconds max_age)
        : inspect_(std::move(inspect)), make_copy_(std::move(make_copy)), clock_(clock), max_age_(max_age) {}

    /// Calls `callback` once, now or on the scheduler's thread: it must not block. From any thread.
    void get(Callback callback) {
        std::shared_ptr<const T> last;
        {
            const std::lock_guard lock(cache_->mutex);
            if (cache_->last && clock_.steady_now() - cache_->taken < max_age_)
                last = cache_->last;
            else
                cache_->waiting.push_back(callback);
            if (!last && cache_->waiting.size() > 1) return;  // whoever waits already has asked
        }
        if (last) return callback(std::move(last));
        inspect_([cache = cache_, make_copy = make_copy_, &clock = clock_](const scheduler::StateMachine& machine,
                                                                           Time now) {
            const auto fresh = std::make_shared<const T>(make_copy(machine.state(), now));
            for (const Callback& waiting : cache->store(fresh, clock.steady_now())) waiting(fresh);
        });
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
