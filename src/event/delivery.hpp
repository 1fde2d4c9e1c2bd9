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

/// What is still to be delivered, and when it is worth looking again.
struct DeliveryStatus {
    std::int64_t pending = 0;        ///< an event counts once for each sink that does not have it
    std::optional<Time> next_try{};  ///< nullopt: nothing waits for a time
};

/// Both together.
DeliveryStatus operator+(const DeliveryStatus& status, const store::Backlog& backlog);

/// How one try went: with an error the event is asked for again.
struct DeliveryResult {
    std::optional<std::string> error{};
    std::optional<std::chrono::seconds> retry_after{};
};

/// Gives the event to the sink; whatever the sink throws is the result.
DeliveryResult try_deliver(Sink& sink, const store::PendingEvent& event) noexcept;

/// The pause after so many failed tries: 1 s doubling to 60 s, of which `jitter` in [0, 1) takes away up to a half, so
/// that many who wait for one receiver do not come back at one instant. What the receiver asked for goes before that.
std::chrono::milliseconds pause_after(int tries, std::optional<std::chrono::seconds> retry_after, double jitter);

/// What a delivery works with.
struct DeliveryServices {
    store::StateFile& state;
    const Clock& clock;
    Log& log;
    std::function<double()> jitter;  ///< in [0, 1)
};

using Sinks = std::vector<std::reference_wrapper<Sink>>;

/// Brings the outbox's events to the sinks, again and again until each has acknowledged them. Belongs to the thread
/// that owns the state.
class Delivery {
public:
    /// A start tries at once what is pending: only pauses that a receiver asked for are waited out.
    Delivery(DeliveryServices services, Sinks sinks);

    /// Tries everything that is due, here and now: a sink that is slow keeps the caller waiting.
    DeliveryStatus deliver_due();
    DeliveryStatus status();

    // For those who call the sinks elsewhere: what to give to which sink, and how it went.
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
