// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/context.hpp"
#include "rpc/responses.hpp"
#include "worker/attempt.hpp"

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace freshet::worker {

/// Progress of a running attempt, from 0 to 1.
struct Progress {
    std::string token;
    double fraction = 0;
};

/// Status message of a running attempt.
struct StatusMessage {
    std::string token;
    std::string text;
};

/// A line logged by a running attempt or printed by its process.
struct LogLine {
    std::string token;
    std::string text;
    bool is_warning = false;
};

/// Wakes the worker up: a signal came, or an event was delivered.
struct Wakeup {};

/// The answer to a long poll; none: the request failed.
struct PollResult {
    std::optional<rpc::Work> work;
};

/// An operator changed the number of concurrent attempts.
struct SetSlots {
    int slots = 1;
};

/// Another attempt at the task has started elsewhere: the one under this lease counts for nothing.
struct LeaseTaken {
    std::string task_id;
    rpc::LeaseToken lease = 0;
};

/// All messages to the worker's thread.
using Message = std::variant<AttemptResult, Progress, StatusMessage, LogLine, Wakeup, PollResult, SetSlots, LeaseTaken>;

/// A queue from many threads to one, in the order of put(). Thread-safe.
template <class T>
class Mailbox {
public:
    void put(T message) {
        const std::lock_guard lock(mutex_);
        messages_.push_back(std::move(message));
        if (messages_.size() == 1) filled_.notify_one();
    }

    /// Removes and returns all messages. Waits for the first one until `deadline`; then returns none.
    std::vector<T> take_all(std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        filled_.wait_until(lock, deadline, [&] { return !messages_.empty(); });
        return std::exchange(messages_, {});
    }

    /// Removes and returns all messages that are there now.
    std::vector<T> try_take_all() {
        const std::lock_guard lock(mutex_);
        return std::exchange(messages_, {});
    }

    /// Removes and returns all messages. Waits for the first one.
    std::vector<T> take_all() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [&] { return !messages_.empty(); });
        return std::exchange(messages_, {});
    }

private:
    std::mutex mutex_;
    std::condition_variable filled_;
    std::vector<T> messages_;
};

/// Sends one attempt's reports as messages. Drops progress in steps below a hundredth: a tight loop may report each of
/// its iterations.
class MessageReporter final : public Reporter {
public:
    MessageReporter(std::string token, std::function<void(Message)> send)
        : token_(std::move(token)), send_(std::move(send)) {}

    void progress(double fraction) override {
        if (std::abs(fraction - last_) < 0.01 && fraction < 1) return;
        last_ = fraction;
        send_(Progress{token_, fraction});
    }
    void status(std::string_view text) override { send_(StatusMessage{token_, std::string(text)}); }
    void log(std::string_view text) override { send_(LogLine{token_, std::string(text)}); }
    void warn(std::string_view text) override { send_(LogLine{token_, std::string(text), true}); }

private:
    std::string token_;
    std::function<void(Message)> send_;
    double last_ = -1;
};

}  // namespace freshet::worker
