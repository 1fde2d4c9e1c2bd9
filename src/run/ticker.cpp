// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/ticker.hpp"

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace freshet::run {

namespace {

constexpr std::chrono::milliseconds period{200};  // quick enough to look alive, slow enough to be read

/// Blocks all signals in this thread, and in those that it starts meanwhile.
class SignalBlocker {
public:
    SignalBlocker() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &previous_mask_);
    }
    ~SignalBlocker() { pthread_sigmask(SIG_SETMASK, &previous_mask_, nullptr); }
    SignalBlocker(const SignalBlocker&) = delete;
    SignalBlocker& operator=(const SignalBlocker&) = delete;

private:
    sigset_t previous_mask_{};
};

void run(const std::stop_token& stop, const std::function<void()>& tick) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    do {
        tick();
        stopped.wait_for(lock, stop, period, [] { return false; });
    } while (!stop.stop_requested());
}

}  // namespace

Ticker::Ticker(std::function<void()> tick) {
    const SignalBlocker blocker;
    thread_ = std::jthread([tick = std::move(tick)](const std::stop_token& stop) { run(stop, tick); });
}

Ticker::~Ticker() = default;

}  // namespace freshet::run
