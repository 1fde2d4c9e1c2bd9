// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "freshet/event.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace freshet::event {

/// The number of undelivered events and the time of the next try.
struct DeliveryStatus {
    std::int64_t pending = 0;        ///< an event counts once for each sink that does not have it
    std::optional<Time> next_try{};  ///< nullopt: nothing waits for a time
};

/// Both together.
DeliveryStatus operator+(const DeliveryStatus& status, const store::Backlog& backlog);

/// The result of one delivery attempt: on error the event is retried.
struct DeliveryResult {
    std::optional<std::string> error{};
    std::optional<std::chrono::seconds> retry_after{};
};

/// Gives the event to the sink; whatever the sink throws is the result.
DeliveryResult try_deliver(Sink& sink, const store::PendingEvent& event) noexcept;

/// The back-off after `tries` failures: 1 s doubling to 60 s, reduced by up to a half by `jitter` in [0, 1), so that
/// senders do not retry in step. A delay that the receiver asked for takes precedence.
std::chrono::milliseconds pause_after(int tries, std::optional<std::chrono::seconds> retry_after, double jitter);

/// The services of a delivery.
struct DeliveryServices {
    store::StateFile& state;
    const Clock& clock;
    Log& log;
    std::function<double()> jitter;  ///< in [0, 1)
};

using Sinks = std::vector<std::reference_wrapper<Sink>>;

/// Delivers the outbox's events to the sinks, retrying until each has acknowledged them. Belongs to the thread that
/// owns the state.
class Delivery {
public:
    /// Pending events are tried at once; only delays that a receiver asked for are kept.
    Delivery(DeliveryServices services, Sinks sinks);

    /// Tries all due events on the calling thread: a slow sink blocks the caller.
    DeliveryStatus deliver_due();
    DeliveryStatus status();

    // For callers that run the sinks on other threads.
    std::size_t sinks() const { return sinks_.size(); }
    Sink& sink(std::size_t index) const { return sinks_[index]; }
    std::vector<store::PendingEvent> due(std::size_t sink);
    store::Backlog backlog(std::size_t sink) { return outbox_.backlog(names_[sink]); }
    void record(std::size_t sink, const store::PendingEvent& event, const DeliveryResult& result);

private:
    void register_sinks();
    void reset_own_backoff();

    DeliveryServices services_;
    store::Outbox outbox_;
    Sinks sinks_;
    std::vector<std::string> names_;
};

}  // namespace freshet::event
