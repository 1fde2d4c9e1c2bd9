// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/context.hpp"
#include "rpc/responses.hpp"
#include "worker/attempt.hpp"

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
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

/// A running attempt needs so much less of its resources.
struct ResourcesDecreased {
    std::string token;
    Resources amounts;
};

/// Where a running attempt's work can be watched.
struct TrackingUrl {
    std::string token;
    std::string url;
};

/// The answer of a running attempt to a message.
struct MessageResponse {
    std::string token;
    std::string message_id;
    std::string text;
};

/// A message to a running task.
struct SentMessage {
    std::string task_id;
    std::string message_id;
    std::string content;
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

/// An operator wants DONE tasks to run again, in this order.
struct RerunTasks {
    struct One {
        std::string task_id;
        std::string family;
        Values params{};
    };
    std::vector<One> tasks{};
};

/// Another attempt at the task has started elsewhere: the one under this lease counts for nothing.
struct LeaseTaken {
    std::string task_id;
    rpc::LeaseToken lease = 0;
};

/// All messages to the worker's thread.
using Message = std::variant<AttemptResult, Progress, StatusMessage, LogLine, ResourcesDecreased, TrackingUrl,
                             MessageResponse, SentMessage, Wakeup, PollResult, SetSlots, RerunTasks, LeaseTaken>;

/// Returns what a scheduler has told in its answer to a ping.
std::vector<Message> messages_in(const rpc::Messages& answer);

/// The memory that a message takes while it waits, if an attempt may send any number of its kind; 0 for the others.
std::size_t memory_of(const Message& message);

/// Yields to other threads until `is_over`, at most 200 µs: to wake a thread that sleeps takes a good part of that. Call
/// before a wait for what is often there soon. The lock, under which the flag is set, is not held meanwhile, nor slept
/// for.
inline void wait_briefly(std::unique_lock<std::mutex>& lock, const std::atomic<bool>& is_over) {
    if (is_over) return;
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(200);
    lock.unlock();
    while (!is_over && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    while (!lock.try_lock()) std::this_thread::yield();
}

/// A queue from many threads to one, in the order of put(). Thread-safe. Messages of which there may be any number are
/// put with their memory, by senders that wait while there is no room.
template <class T>
class Mailbox {
public:
    /// The memory of the messages that wait, beyond which there is no room for more.
    static constexpr std::size_t capacity = 1024 * 1024;

    /// Never waits. Takes no room if `memory` is 0.
    void put(T message, std::size_t memory = 0) {
        {
            const std::lock_guard lock(mutex_);
            messages_.push_back(std::move(message));
            is_filled_ = true;
            memory_ += memory;
            if (messages_.size() > 1) return;
        }
        filled_.notify_one();  // without the lock, which the woken thread wants
    }

    bool has_room() {
        const std::lock_guard lock(mutex_);
        return memory_ < capacity;
    }

    /// Waits until there is room; returns false when `stop` is requested first.
    bool wait_for_room(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        return emptied_.wait(lock, stop, [&] { return memory_ < capacity; });
    }

    /// Has `callback` called whenever there is room again, in the thread that takes the messages.
    void on_room(std::function<void()> callback) {
        const std::lock_guard lock(mutex_);
        on_room_.push_back(std::move(callback));
    }

    /// Removes and returns all messages. Waits for the first one until `deadline`; then returns none.
    std::vector<T> take_all(std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        wait_briefly(lock, is_filled_);
        filled_.wait_until(lock, deadline, [&] { return !messages_.empty(); });
        return take();
    }

    /// Removes and returns all messages that are there now.
    std::vector<T> try_take_all() {
        const std::lock_guard lock(mutex_);
        return take();
    }

    /// Removes and returns all messages. Waits for the first one.
    std::vector<T> take_all() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [&] { return !messages_.empty(); });
        return take();
    }

private:
    std::vector<T> take() {
        if (std::exchange(memory_, 0) >= capacity) {
            emptied_.notify_all();
            for (const auto& callback : on_room_) callback();
        }
        is_filled_ = false;
        return std::exchange(messages_, {});
    }

    std::mutex mutex_;  // guards all below
    std::condition_variable filled_;
    std::condition_variable_any emptied_;
    std::vector<T> messages_;
    std::atomic<bool> is_filled_ = false;  // whether there are messages; read without the lock, too
    std::size_t memory_ = 0;
    std::vector<std::function<void()>> on_room_;  // called under the lock
};

/// Puts a message into the mailbox with the memory that it takes. Never waits.
void put_report(Mailbox<Message>& mailbox, Message message);

/// Sends one attempt's reports as messages. Drops progress in steps below a hundredth: a tight loop may report each of
/// its iterations. Sends a text of more than 16 KiB in pieces, between characters.
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
    void log(std::string_view text) override { send_pieces(text, false); }
    void warn(std::string_view text) override { send_pieces(text, true); }
    void decrease_resources(const Resources& amounts) override { send_(ResourcesDecreased{token_, amounts}); }
    void tracking_url(std::string_view url) override { send_(TrackingUrl{token_, std::string(url)}); }
    void respond(std::string_view message_id, std::string_view text) override {
        send_(MessageResponse{token_, std::string(message_id), std::string(text)});
    }

private:
    void send_pieces(std::string_view text, bool is_warning);

    std::string token_;
    std::function<void(Message)> send_;
    double last_ = -1;
};

}  // namespace freshet::worker
