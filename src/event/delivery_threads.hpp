// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "event/delivery.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace freshet::event {

/// One thread for one sink: takes events, calls the sink, hands back how it went. It knows no database.
class DeliveryThread {
public:
    struct DeliveryAttempt {
        store::PendingEvent event;
        std::optional<DeliveryResult> result{};  ///< none: not tried, since the sink was unavailable for one before
    };

    /// `wake` is called by the thread whenever there is something to collect.
    DeliveryThread(Sink& sink, std::function<void()> wake);
    /// Hands over events that are to be tried in this order, until the sink is unavailable for one.
    void send(std::vector<store::PendingEvent> events);
    /// The attempts since the last call.
    std::vector<DeliveryAttempt> collect();
    /// Waits for the call of the sink that is in progress; events whose turn has not come are not tried.
    void stop();

private:
    void run(const std::stop_token& stop);

    Sink& sink_;
    std::function<void()> wake_;
    std::mutex mutex_;
    std::condition_variable_any filled_;
    std::vector<store::PendingEvent> queue_;
    std::vector<DeliveryAttempt> attempts_;
    std::jthread thread_;  // last: it uses all of the above
};

/// Delivers without ever keeping its owner waiting: each sink is called in a thread of its own, so that a slow one
/// holds up neither the work nor the other sinks. All but the calls of sinks happens in the owner's thread.
class DeliveryThreads {
public:
    /// `wake` is called by any thread when poll() has something to do.
    DeliveryThreads(DeliveryServices services, Sinks sinks, std::function<void()> wake);
    /// Waits for calls of sinks in progress and records them, lest an event be delivered twice for nothing.
    ~DeliveryThreads();
    DeliveryThreads(const DeliveryThreads&) = delete;
    DeliveryThreads& operator=(const DeliveryThreads&) = delete;

    /// Records what has come back and hands out what has become due. Call it after events were stored, when woken, and
    /// at the returned `next_try`; a sink that is being called has none, since it will wake you.
    DeliveryStatus poll();

    /// poll() for an owner with many turns, any of which may have stored an event: only when woken, and ten times a
    /// second. Returns the time of the next call; nothing if there is nothing to do.
    std::optional<Time> poll_if_due();

    /// Tries everything that is due, but hands out nothing more after that time.
    void deliver_due(std::chrono::milliseconds timeout);

    /// The events of each sink that it does not have, for the sinks that lack some.
    std::vector<SinkBacklog> undelivered();

    /// At the end of a run: goes on until everything is delivered or nothing more can be within that time. What is left
    /// waits for the next start.
    DeliveryStatus finish(std::chrono::milliseconds timeout);

private:
    struct SinkState {
        std::unique_ptr<DeliveryThread> thread;
        std::size_t in_flight = 0;
    };

    void on_wake();
    void record_results(std::size_t sink);
    void dispatch(std::size_t sink);
    bool is_busy() const;
    void wait_for_wake(std::chrono::milliseconds timeout);

    const Clock& clock_;
    Delivery delivery_;
    std::function<void()> wake_;
    std::mutex mutex_;
    std::condition_variable woken_;
    bool is_woken_ = false;
    std::atomic<bool> has_results_ = false;  // that no poll_if_due() has recorded
    Time next_poll_{};
    std::vector<SinkState> sink_states_;  // by sink
};

}  // namespace freshet::event
