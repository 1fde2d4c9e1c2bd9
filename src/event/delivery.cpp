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
constexpr int most_tries = 1000;                           // after which a pause is the longest
constexpr std::chrono::milliseconds max_retry_after = 1h;  // a receiver that asks for more is asked again after that

Json parsed_or_text(const std::string& document) {
    try {
        return Json::parse(document);
    } catch (const Error&) {
        return document;
    }
}

}  // namespace

Json to_json(const store::UndeliveredEvent& undelivered, bool is_configured) {
    const bool is_dead = undelivered.dead_since.has_value();
    return Json::Object{
        {"id", undelivered.event_id},
        {"sink", undelivered.sink},
        {"state", is_dead ? "dead" : "pending"},
        {"stored", rfc3339(undelivered.stored)},
        {"tries", undelivered.tries},
        {"rejections", undelivered.rejections},
        {is_dead ? "dead_since" : "next_try", rfc3339(undelivered.dead_since.value_or(undelivered.next_try))},
        {"last_error", undelivered.last_error},
        {"configured", is_configured},
        {"event", parsed_or_text(undelivered.document)}};
}

void write_metrics(const std::vector<SinkBacklog>& backlogs, MetricsWriter& out, const MetricLabels& labels) {
    const auto labels_of = [&](const SinkBacklog& backlog) {
        MetricLabels all{{"sink", backlog.sink}};
        all.insert(all.end(), labels.begin(), labels.end());
        return all;
    };
    out.family("freshet_outbox_pending", "gauge", "Events not yet delivered to a sink.");
    for (const SinkBacklog& backlog : backlogs) out.sample(labels_of(backlog), static_cast<double>(backlog.pending));
    out.family("freshet_outbox_dead", "gauge",
               "Events that a sink has refused too often: not tried again unless resent.");
    for (const SinkBacklog& backlog : backlogs) out.sample(labels_of(backlog), static_cast<double>(backlog.dead));
    out.family("freshet_outbox_oldest_timestamp_seconds", "gauge",
               "Time when the oldest undelivered event was stored.");
    for (const SinkBacklog& backlog : backlogs)
        if (backlog.pending > 0) out.sample(labels_of(backlog), backlog.oldest_stored);
}

DeliveryStatus operator+(const DeliveryStatus& status, const SinkBacklog& backlog) {
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
    } catch (const Error& error) {
        return {.error = error.what(), .is_refusal = true};
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
    health_.resize(names_.size());
    register_sinks();
    if (services_.backoff == Backoff::reset) reset_own_backoff();
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
    if (status().pending == 0) return;
    auto transaction = services_.state.begin();
    for (const auto& name : names_) outbox_.reset_backoff(name, now + longest_pause, now + max_retry_after);
    transaction.commit(store::Durability::crash);
}

DeliveryStatus Delivery::status() {
    DeliveryStatus status;
    for (std::size_t i = 0; i < names_.size(); ++i) status = status + backlog(i);
    return status;
}

std::vector<store::PendingEvent> Delivery::due(std::size_t sink) {
    const auto now = services_.clock.now();
    const auto& health = health_[sink];
    const bool is_paused = now < health.paused_until && health.paused_until <= now + max_retry_after;
    if (is_paused) return {};
    auto events = outbox_.due(names_[sink], now);
    if (health.failures > 0 && events.size() > 1) {
        std::ranges::iter_swap(events.begin(), std::ranges::min_element(events, {}, &store::PendingEvent::tries));
        events.resize(1);
    }
    return events;
}

SinkBacklog Delivery::backlog(std::size_t sink) {
    auto backlog = outbox_.backlog(names_[sink]);
    if (backlog.next_try) backlog.next_try = std::max(*backlog.next_try, health_[sink].paused_until);
    return backlog;
}

void Delivery::record(std::size_t sink, const store::PendingEvent& event, const DeliveryResult& result) {
    const auto now = services_.clock.now();
    const auto& name = names_[sink];
    auto transaction = services_.state.begin();
    if (!result.error) {
        outbox_.mark_delivered(event.position, name, now);
        services_.log.write({.level = LogLevel::info,
                             .event = "event.delivered",
                             .message = fmt::format("event '{}' delivered to {}", event.event_id, name),
                             .fields = {{"event_id", event.event_id}, {"sink", name}, {"attempt", event.tries + 1}}});
    } else if (result.is_refusal) {
        record_refusal(sink, event, result);
    } else {
        record_failure(sink, event, result);
    }
    if (!result.is_unavailable()) health_[sink] = {};
    // For a crash only: what is forgotten is delivered once more, under the same id.
    transaction.commit(store::Durability::crash);
}

void Delivery::record_failure(std::size_t sink, const store::PendingEvent& event, const DeliveryResult& result) {
    const auto now = services_.clock.now();
    const auto pause = pause_after(event.tries + 1, result.retry_after, services_.jitter());
    outbox_.mark_failed(event.position, names_[sink], now + pause, *result.error);
    auto& health = health_[sink];
    ++health.failures;
    // The first failure may be the event's: another one is tried at once.
    if (health.failures > 1)
        health.paused_until = now + pause_after(health.failures - 1, std::nullopt, services_.jitter());
    if (result.retry_after) {
        health.paused_until = now + pause;
        outbox_.postpone(names_[sink], now + pause);
    }
    log_failure(sink, event, result, pause);
}

void Delivery::record_refusal(std::size_t sink, const store::PendingEvent& event, const DeliveryResult& result) {
    const auto now = services_.clock.now();
    const bool is_dead = event.rejections + 1 >= max_rejections;
    // Long, since it would be refused again in a second: the end of a run does not wait for it.
    const auto pause = pause_after(most_tries, std::nullopt, services_.jitter());
    outbox_.mark_refused(event.position, names_[sink], now + pause, *result.error,
                         is_dead ? std::optional(now) : std::nullopt);
    log_failure(sink, event, result, is_dead ? std::nullopt : std::optional(pause));
}

/// Without a pause the event is dead.
void Delivery::log_failure(std::size_t sink, const store::PendingEvent& event, const DeliveryResult& result,
                           std::optional<std::chrono::milliseconds> pause) {
    const auto rest =
        pause ? fmt::format("next try in {}", readable_duration(*pause))
              : fmt::format("refused {} times, it is not tried again unless it is resent", event.rejections + 1);
    services_.log.write({.level = pause ? LogLevel::warning : LogLevel::error,
                         .event = pause ? "event.failed" : "event.dead",
                         .message = fmt::format("{}; {}", *result.error, rest),
                         .fields = {{"event_id", event.event_id},
                                    {"sink", names_[sink]},
                                    {"attempt", event.tries + 1},
                                    {"error", *result.error}}});
}

}  // namespace freshet::event
