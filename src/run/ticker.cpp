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
class NoSignals {
public:
    NoSignals() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    NoSignals(const NoSignals&) = delete;
    NoSignals& operator=(const NoSignals&) = delete;

private:
    sigset_t before_{};
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
    const NoSignals inherited;
    thread_ = std::jthread([tick = std::move(tick)](const std::stop_token& stop) { run(stop, tick); });
}

Ticker::~Ticker() = default;

}  // namespace freshet::run
