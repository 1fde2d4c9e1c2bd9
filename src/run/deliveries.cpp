// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/deliveries.hpp"

#include "store/database.hpp"
#include "store/outbox.hpp"

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

/// How long the end of a run waits for its events to arrive; what does not, goes out at the next start.
constexpr auto delivery_timeout = 10s;
constexpr auto short_delivery_timeout = 2s;

event::Sinks sinks_of(const SessionOptions& options) {
    event::Sinks sinks;
    for (const auto& sink : options.sinks) sinks.push_back(*sink);
    return sinks;
}

}  // namespace

EventDelivery::EventDelivery(store::StateFile& state, const SessionOptions& options, const SessionParts& parts,
                             WorkerHost& worker_host)
    : state_(state),
      parts_(parts),
      threads_({.state = state, .clock = parts.clock, .log = parts.log, .jitter = WorkerHost::jitter()},
               sinks_of(options), [&worker_host] { worker_host.mailbox().put(worker::Wakeup{}); }) {}

void EventDelivery::enqueue(const std::vector<Event>& events) {
    auto transaction = state_.begin();
    store::Outbox outbox(state_);
    for (const Event& event : events)
        outbox.enqueue({.id = event.id, .key = event.key, .document = to_json(event).text()}, parts_.clock.now());
    transaction.commit(store::Durability::power_cut);
}

int EventDelivery::finish(bool use_short_timeout) {
    return static_cast<int>(threads_.finish(use_short_timeout ? short_delivery_timeout : delivery_timeout).pending);
}

std::vector<std::string> EventDelivery::sink_names(const SessionOptions& options) {
    std::vector<std::string> names;
    for (const auto& sink : options.sinks) names.push_back(sink->name());
    return names;
}

void tolerating_full_disk(worker::Observer& observer, const std::function<void()>& what) {
    try {
        what();
    } catch (const DiskFullError& error) {
        observer.notified(error.what());
    }
}

}  // namespace freshet::run
