// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/delivery.hpp"

#include "base/time.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::event {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds first_pause = 1s;
constexpr std::chrono::milliseconds longest_pause = 60s;
constexpr std::chrono::milliseconds longest_wish = 1h;  // a receiver that asks for more is asked again after that

}  // namespace

DeliveryStatus operator+(const DeliveryStatus& status, const store::Backlog& backlog) {
    auto sum = status;
    sum.pending += backlog.pending;
    if (backlog.next_try) sum.next_try = std::min(status.next_try.value_or(*backlog.next_try), *backlog.next_try);
    return sum;
}

TryResult try_to_deliver(Sink& sink, const store::PendingEvent& event) noexcept {
    try {
        sink.deliver(event_from_json(Json::parse(event.document)));
        return {};
    } catch (const TransientError& error) {
        return {.error = error.what(), .retry_after = error.retry_after()};
    } catch (const std::exception& error) {
        return {.error = error.what()};
    } catch (...) {
        return {.error = fmt::format("deliver event '{}' to {}: unknown exception", event.event_id, sink.name())};
    }
}

std::chrono::milliseconds pause_after(int tries, std::optional<std::chrono::seconds> retry_after, double chance) {
    if (retry_after) return std::clamp<std::chrono::milliseconds>(*retry_after, first_pause, longest_wish);
    auto pause = first_pause;
    for (int i = 1; i < tries && pause < longest_pause; ++i) pause *= 2;
    pause = std::min(pause, longest_pause);
    const auto taken_away = chance / 2 * static_cast<double>(pause.count());
    return pause - std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(taken_away));
}

Delivery::Delivery(DeliveryParts parts, Sinks sinks)
    : parts_(std::move(parts)), outbox_(parts_.state), sinks_(std::move(sinks)) {
    for (const Sink& sink : sinks_) names_.push_back(sink.name());
    introduce_sinks();
    forget_own_pauses();
}

void Delivery::introduce_sinks() {
    const auto known = outbox_.sinks();
    const auto is_known = [&](const std::string& name) { return std::ranges::binary_search(known, name); };
    if (std::ranges::all_of(names_, is_known)) return;
    auto transaction = parts_.state.begin();
    outbox_.add_sinks(names_, parts_.clock.now());
    transaction.commit(store::Durability::crash);
}

void Delivery::forget_own_pauses() {
    const auto now = parts_.clock.now();
    if (status().next_try.value_or(now) <= now) return;
    auto transaction = parts_.state.begin();
    for (const auto& name : names_) outbox_.forget_pauses(name, now + longest_pause);
    transaction.commit(store::Durability::crash);
}

DeliveryStatus Delivery::deliver_due() {
    for (std::size_t i = 0; i < sinks_.size(); ++i) {
        // An event that was taken makes the next of its key due; one that was not is due later than now.
        for (auto events = due(i); !events.empty(); events = due(i))
            for (const auto& event : events) record(i, event, try_to_deliver(sinks_[i], event));
    }
    return status();
}

DeliveryStatus Delivery::status() {
    DeliveryStatus status;
    for (const auto& name : names_) status = status + outbox_.backlog(name);
    return status;
}

std::vector<store::PendingEvent> Delivery::due(std::size_t sink) {
    return outbox_.due(names_[sink], parts_.clock.now());
}

void Delivery::record(std::size_t sink, const store::PendingEvent& event, const TryResult& result) {
    const auto now = parts_.clock.now();
    const auto& name = names_[sink];
    auto transaction = parts_.state.begin();
    Json::Object fields{{"event_id", event.event_id}, {"sink", name}, {"attempt", event.tries + 1}};
    if (!result.error) {
        outbox_.mark_delivered(event.position, name, now);
        parts_.log.write({.level = LogLevel::info,
                          .event = "event.delivered",
                          .message = fmt::format("event '{}' delivered to {}", event.event_id, name),
                          .fields = std::move(fields)});
    } else {
        const auto pause = pause_after(event.tries + 1, result.retry_after, parts_.chance());
        outbox_.mark_failed(event.position, name, now + pause, *result.error);
        fields.emplace_back("error", *result.error);
        parts_.log.write({.level = LogLevel::warning,
                          .event = "event.failed",
                          .message = fmt::format("{}; next try in {}", *result.error, readable_duration(pause)),
                          .fields = std::move(fields)});
    }
    // For a crash only: what is forgotten is delivered once more, under the same id.
    transaction.commit(store::Durability::crash);
}

}  // namespace freshet::event
