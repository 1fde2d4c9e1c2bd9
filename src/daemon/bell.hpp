// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_loop.hpp"

#include <mutex>

namespace freshet::daemon {

/// Wakes the scheduler's thread from others that begin before it and end after it.
class LoopWaker {
public:
    /// While it lives, the bell wakes that thread; what rang before is made up for.
    class Registration {
    public:
        Registration(LoopWaker& waker, scheduler::SchedulerLoop& loop) : waker_(waker) {
            waker_.register_loop(&loop);
            waker_.wake();
        }
        ~Registration() { waker_.register_loop(nullptr); }
        Registration(const Registration&) = delete;
        Registration& operator=(const Registration&) = delete;

    private:
        LoopWaker& waker_;
    };

    void wake() {
        const std::lock_guard lock(mutex_);
        if (loop_) loop_->wake();
    }

private:
    void register_loop(scheduler::SchedulerLoop* loop) {
        const std::lock_guard lock(mutex_);
        loop_ = loop;
    }

    std::mutex mutex_;
    scheduler::SchedulerLoop* loop_ = nullptr;  // guarded by mutex_
};

}  // namespace freshet::daemon
