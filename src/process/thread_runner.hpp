// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "worker/attempt.hpp"
#include "worker/messages.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

namespace freshet::worker {

/// Runs attempts in threads of this process, at most `threads` at once; the rest wait in line. A thread cannot be ended
/// from outside: cancelling and timeouts only make Context::cancelled() true, and destruction waits for what still
/// runs.
class ThreadRunner final : public Runner {
public:
    ThreadRunner(int threads, const AttemptServices& services, Mailbox<Message>& mailbox);
    ~ThreadRunner() override;
    ThreadRunner(const ThreadRunner&) = delete;
    ThreadRunner& operator=(const ThreadRunner&) = delete;

    void start(Attempt attempt) override;
    void cancel(const std::string& token) override;

private:
    using CancelFlag = std::shared_ptr<std::atomic<bool>>;
    struct QueuedAttempt {
        Attempt attempt;
        CancelFlag is_cancelled;
    };

    void run_thread();
    void run(const QueuedAttempt& queued);

    const std::size_t max_threads_;
    const AttemptServices services_;
    Mailbox<Message>& mailbox_;

    std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    std::deque<QueuedAttempt> queue_;
    std::unordered_map<std::string, CancelFlag> cancel_flags_;  // of attempts in line or running
    std::size_t idle_ = 0;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;  // started when first needed
};

}  // namespace freshet::worker
