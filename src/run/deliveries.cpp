// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/deliveries.hpp"

#include "store/errors.hpp"
#include "store/outbox.hpp"

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

/// How long the end of a run waits for its events to arrive; what does not, goes out at the next start.
constexpr auto delivery_time = 10s;
constexpr auto hurried_delivery_time = 2s;

event::Sinks sinks_of(const SessionOptions& options) {
    event::Sinks sinks;
    for (const auto& sink : options.sinks) sinks.push_back(*sink);
    return sinks;
}

}  // namespace

Deliveries::Deliveries(store::StateFile& state, const SessionOptions& options, const SessionParts& parts, Workshop& workshop)
    : state_(state),
      parts_(parts),
      threads_({.state = state, .clock = parts.clock, .log = parts.log, .chance = Workshop::chance()}, sinks_of(options),
               [&workshop] { workshop.mailbox().put(worker::Nudge{}); }) {}

void Deliveries::enqueue(const std::vector<Event>& events) {
    auto change = state_.begin();
    store::Outbox outbox(state_);
    for (const Event& event : events)
        outbox.enqueue({.id = event.id, .key = event.key, .document = to_json(event).text()}, parts_.clock.now());
    change.commit(store::Durability::power_cut);
}

int Deliveries::finish(bool in_a_hurry) {
    return static_cast<int>(threads_.finish(in_a_hurry ? hurried_delivery_time : delivery_time).pending);
}

std::vector<std::string> Deliveries::sink_names(const SessionOptions& options) {
    std::vector<std::string> names;
    for (const auto& sink : options.sinks) names.push_back(sink->name());
    return names;
}

void with_room(worker::Observer& observer, const std::function<void()>& what) {
    try {
        what();
    } catch (const store::DiskFullError& error) {
        observer.noticed(error.what());
    }
}

}  // namespace freshet::run
