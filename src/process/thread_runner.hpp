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

/// Runs attempts in threads of this process. None waits for another: a thread is started unless one is idle, so that
/// the caller alone limits their number. A thread cannot be killed: cancellation and timeouts only make
/// Context::cancelled() true, and the destructor waits for running attempts. Attempts wait in their reports while there
/// is no room in the mailbox. Thread-safe; results arrive in the mailbox.
class ThreadRunner final : public worker::Runner {
public:
    ThreadRunner(const worker::AttemptServices& services, worker::Mailbox<worker::Message>& mailbox)
        : services_(services), mailbox_(mailbox) {}
    ~ThreadRunner() override;
    ThreadRunner(const ThreadRunner&) = delete;
    ThreadRunner& operator=(const ThreadRunner&) = delete;

    void start(worker::Attempt attempt) override;
    void cancel(const std::string& token) override;
    void send(const std::string& token, worker::IncomingMessage message) override;

private:
    /// The runner's side of an attempt.
    struct Control {
        std::atomic<bool> is_cancelled = false;
        std::mutex mutex;
        std::vector<worker::IncomingMessage> messages;  // guarded by mutex
    };
    using ControlPtr = std::shared_ptr<Control>;
    struct StartedAttempt {
        worker::Attempt attempt;
        ControlPtr control;
    };

    void run_thread();
    worker::AttemptResult run(const StartedAttempt& started);
    worker::AttemptResult failed_start(const std::string& token, std::string reason) const;
    void send(worker::Message message);

    const worker::AttemptServices services_;
    worker::Mailbox<worker::Message>& mailbox_;
    std::stop_source stop_;  // of reports, once nobody takes them

    std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    std::deque<StartedAttempt> started_;                    // each for an idle thread or one that is about to begin
    std::unordered_map<std::string, ControlPtr> controls_;  // of all attempts without a result
    std::size_t idle_ = 0;  // threads without an attempt, also those that are about to begin
    bool is_stopping_ = false;
    std::atomic<bool> has_changed_ = false;  // is stopping or has started attempts; read without the lock, too
    std::vector<std::thread> threads_;
};

}  // namespace freshet::process
