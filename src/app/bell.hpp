// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_thread.hpp"

#include <mutex>

namespace freshet::app {

/// Wakes the scheduler's thread from others that begin before it and end after it.
class Bell {
public:
    /// While it lives, the bell wakes that thread; what rang before is made up for.
    class Hung {
    public:
        Hung(Bell& bell, scheduler::SchedulerThread& thread) : bell_(bell) {
            bell_.hang(&thread);
            bell_.ring();
        }
        ~Hung() { bell_.hang(nullptr); }
        Hung(const Hung&) = delete;
        Hung& operator=(const Hung&) = delete;

    private:
        Bell& bell_;
    };

    void ring() {
        const std::lock_guard lock(mutex_);
        if (thread_) thread_->wake();
    }

private:
    void hang(scheduler::SchedulerThread* thread) {
        const std::lock_guard lock(mutex_);
        thread_ = thread;
    }

    std::mutex mutex_;
    scheduler::SchedulerThread* thread_ = nullptr;  // guarded by mutex_
};

}  // namespace freshet::app
