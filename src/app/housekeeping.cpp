// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/housekeeping.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <random>

namespace freshet::app {

namespace {

using namespace std::chrono_literals;

/// How soon an event that was stored is looked for, so that it is not looked for after every request.
constexpr auto look_interval = 100ms;
constexpr auto forget_interval = 1h;
/// What is forgotten at once, and the rest between two helpings: nobody who asks waits for more than some milliseconds.
constexpr std::int64_t helping = 500;
constexpr auto rest_between_helpings = 100ms;
/// A service manager kills what does not end; what waits for a sink that is away goes out at the next start.
constexpr auto last_deliveries = 2s;

event::Sinks references(const std::vector<std::shared_ptr<Sink>>& sinks) {
    event::Sinks references;
    for (const auto& sink : sinks) references.push_back(*sink);
    return references;
}

std::function<double()> jitter() {
    return [generator = std::mt19937(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(generator);
    };
}

}  // namespace

Housekeeping::Housekeeping(HousekeepingParts parts)
    : parts_(std::move(parts)),
      journal_(parts_.state),
      outbox_(parts_.state),
      deliveries_({.state = parts_.state, .clock = parts_.clock, .log = parts_.log, .chance = jitter()},
                  references(parts_.sinks), [this] {
                      is_woken_ = true;
                      parts_.wake();
                  }) {}

std::optional<Time> Housekeeping::between() {
    const Time now = parts_.clock.now();
    const Time forgetting = forget_old(now);
    return earliest({forgetting, deliver(now)});
}

/// Any call may follow one that stored an event: after a rest there is one more look.
std::optional<Time> Housekeeping::deliver(Time now) {
    if (parts_.sinks.empty()) return std::nullopt;
    const bool is_soon = now < next_look_ && next_look_ <= now + look_interval;
    if (!is_woken_.exchange(false) && is_soon) return next_look_;
    next_look_ = now + look_interval;
    return deliveries_.poll().next_try;
}

Time Housekeeping::forget_old(Time now) {
    if (now < next_forgetting_) return next_forgetting_;
    std::vector<std::string> names;
    for (const auto& sink : parts_.sinks) names.push_back(sink->name());
    auto transaction = parts_.state.begin();
    const bool is_more = journal_.prune_history(now - parts_.history_kept, helping);
    outbox_.prune_delivered(now - parts_.history_kept, names);
    transaction.commit(store::Durability::crash);
    return next_forgetting_ = now + (is_more ? Time::duration(rest_between_helpings) : Time::duration(forget_interval));
}

void Housekeeping::finish() {
    const auto left = deliveries_.finish(last_deliveries);
    if (left.pending == 0) return;
    parts_.log.write({.level = LogLevel::warning,
                      .event = "outbox.left",
                      .message = fmt::format("{} deliveries of events wait for the next start", left.pending),
                      .fields = {{"pending", left.pending}}});
}

}  // namespace freshet::app
