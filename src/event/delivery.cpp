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
constexpr std::chrono::milliseconds max_retry_after = 1h;  // a receiver that asks for more is asked again after that

}  // namespace

DeliveryStatus operator+(const DeliveryStatus& status, const store::Backlog& backlog) {
    auto sum = status;
    sum.pending += backlog.pending;
    if (backlog.next_try) sum.next_try = std::min(status.next_try.value_or(*backlog.next_try), *backlog.next_try);
    return sum;
}

DeliveryResult try_deliver(Sink& sink, const store::PendingEvent& event) noexcept {
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

std::chrono::milliseconds pause_after(int tries, std::optional<std::chrono::seconds> retry_after, double jitter) {
    if (retry_after) return std::clamp<std::chrono::milliseconds>(*retry_after, first_pause, max_retry_after);
    auto pause = first_pause;
    for (int i = 1; i < tries && pause < longest_pause; ++i) pause *= 2;
    pause = std::min(pause, longest_pause);
    const auto taken_away = jitter / 2 * static_cast<double>(pause.count());
    return pause - std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(taken_away));
}

Delivery::Delivery(DeliveryServices services, Sinks sinks)
    : services_(std::move(services)), outbox_(services_.state), sinks_(std::move(sinks)) {
    for (const Sink& sink : sinks_) names_.push_back(sink.name());
    register_sinks();
    reset_own_backoff();
}

void Delivery::register_sinks() {
    const auto known = outbox_.sinks();
    const auto is_known = [&](const std::string& name) { return std::ranges::binary_search(known, name); };
    if (std::ranges::all_of(names_, is_known)) return;
    auto transaction = services_.state.begin();
    outbox_.add_sinks(names_, services_.clock.now());
    transaction.commit(store::Durability::crash);
}

void Delivery::reset_own_backoff() {
    const auto now = services_.clock.now();
    if (status().next_try.value_or(now) <= now) return;
    auto transaction = services_.state.begin();
    for (const auto& name : names_) outbox_.reset_backoff(name, now + longest_pause, now + max_retry_after);
    transaction.commit(store::Durability::crash);
}

DeliveryStatus Delivery::deliver_due() {
    for (std::size_t i = 0; i < sinks_.size(); ++i) {
        // An event that was taken makes the next of its key due; one that was not is due later than now.
        for (auto events = due(i); !events.empty(); events = due(i))
            for (const auto& event : events) record(i, event, try_deliver(sinks_[i], event));
    }
    return status();
}

DeliveryStatus Delivery::status() {
    DeliveryStatus status;
    for (const auto& name : names_) status = status + outbox_.backlog(name);
    return status;
}

std::vector<store::PendingEvent> Delivery::due(std::size_t sink) {
    return outbox_.due(names_[sink], services_.clock.now());
}

void Delivery::record(std::size_t sink, const store::PendingEvent& event, const DeliveryResult& result) {
    const auto now = services_.clock.now();
    const auto& name = names_[sink];
    auto transaction = services_.state.begin();
    Json::Object fields{{"event_id", event.event_id}, {"sink", name}, {"attempt", event.tries + 1}};
    if (!result.error) {
        outbox_.mark_delivered(event.position, name, now);
        services_.log.write({.level = LogLevel::info,
                             .event = "event.delivered",
                             .message = fmt::format("event '{}' delivered to {}", event.event_id, name),
                             .fields = std::move(fields)});
    } else {
        const auto pause = pause_after(event.tries + 1, result.retry_after, services_.jitter());
        outbox_.mark_failed(event.position, name, now + pause, *result.error);
        fields.emplace_back("error", *result.error);
        services_.log.write({.level = LogLevel::warning,
                             .event = "event.failed",
                             .message = fmt::format("{}; next try in {}", *result.error, readable_duration(pause)),
                             .fields = std::move(fields)});
    }
    // For a crash only: what is forgotten is delivered once more, under the same id.
    transaction.commit(store::Durability::crash);
}

}  // namespace freshet::event
