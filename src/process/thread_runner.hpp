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
#include <stop_token>
#include <thread>
#include <unordered_map>
#include <vector>

namespace freshet::process {

/// Runs attempts in at most `threads` threads of this process; more attempts wait in a queue. A thread cannot be
/// killed: cancellation and timeouts only make Context::cancelled() true, and the destructor waits for running
/// attempts. Attempts wait in their reports while there is no room in the mailbox. Thread-safe; results arrive in the
/// mailbox.
class ThreadRunner final : public worker::Runner {
public:
    ThreadRunner(int threads, const worker::AttemptServices& services, worker::Mailbox<worker::Message>& mailbox);
    ~ThreadRunner() override;
    ThreadRunner(const ThreadRunner&) = delete;
    ThreadRunner& operator=(const ThreadRunner&) = delete;

    void start(worker::Attempt attempt) override;
    void cancel(const std::string& token) override;

private:
    using CancelFlag = std::shared_ptr<std::atomic<bool>>;
    struct QueuedAttempt {
        worker::Attempt attempt;
        CancelFlag is_cancelled;
    };

    void run_thread();
    void run(const QueuedAttempt& queued);
    void send(worker::Message message);

    const std::size_t max_threads_;
    const worker::AttemptServices services_;
    worker::Mailbox<worker::Message>& mailbox_;
    std::stop_source stop_;  // of reports, once nobody takes them

    std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    std::deque<QueuedAttempt> queue_;
    std::unordered_map<std::string, CancelFlag> cancel_flags_;  // of queued and running attempts
    std::size_t idle_ = 0;
    bool is_stopping_ = false;
    std::vector<std::thread> threads_;  // started on demand
};

}  // namespace freshet::process
