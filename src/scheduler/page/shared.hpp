// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/state.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace freshet::scheduler::page {

/// Has a function look at the state on the scheduler's thread.
using Look = std::function<void(std::function<void(const State&, Time)>)>;

/// A copy of what the scheduler knows, made for all who ask at about the same time: however many look at a page, its
/// thread is asked no oftener than once in that time.
template <class T>
class Shared {
public:
    using Take = std::function<T(const Board&, Time)>;
    using Then = std::function<void(std::shared_ptr<const T>)>;

    /// `clock` and what `look` leads to outlive this; copies that are under way may come later.
    Shared(Look look, Take take, const Clock& clock, std::chrono::milliseconds lasts)
        : look_(std::move(look)), take_(std::move(take)), clock_(clock), lasts_(lasts) {}

    /// Calls `then` once, now or on the scheduler's thread: it must not block. From any thread.
    void get(Then then) {
        std::shared_ptr<const T> last;
        {
            const std::lock_guard lock(common_->mutex);
            if (common_->last && clock_.steady_now() - common_->taken < lasts_)
                last = common_->last;
            else
                common_->waiting.push_back(then);
            if (!last && common_->waiting.size() > 1) return;  // whoever waits already has asked
        }
        if (last) return then(std::move(last));
        look_([common = common_, take = take_, &clock = clock_](const State& state, Time now) {
            const auto fresh = std::make_shared<const T>(take(state.board(), now));
            for (const Then& waiting : common->keep(fresh, clock.steady_now())) waiting(fresh);
        });
    }

private:
    struct Common {
        std::mutex mutex;
        std::shared_ptr<const T> last;
        std::chrono::steady_clock::time_point taken;
        std::vector<Then> waiting;

        std::vector<Then> keep(std::shared_ptr<const T> fresh, std::chrono::steady_clock::time_point now) {
            const std::lock_guard lock(mutex);
            last = std::move(fresh);
            taken = now;
            return std::exchange(waiting, {});
        }
    };

    Look look_;
    Take take_;
    const Clock& clock_;
    std::chrono::milliseconds lasts_;
    std::shared_ptr<Common> common_ = std::make_shared<Common>();
};

}  // namespace freshet::scheduler::page
