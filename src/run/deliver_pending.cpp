// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"
#include "event/sinks.hpp"
#include "run/event_delivery.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

/// A run that starts finds the state free after this time, or after the call of a sink that is in progress.
constexpr auto longest_hold = 2s;
constexpr std::chrono::milliseconds first_pause = 200ms;  // so that a run that waits for the state gets it
constexpr std::chrono::milliseconds longest_pause = 60s;  // between rounds that delivered nothing
constexpr auto lock_poll_interval = 500ms;                // the kernel tells nobody of a free lock

/// One look at one file.
struct Round {
    std::vector<SinkBacklog> undelivered{};
    std::optional<Time> next_try{};  ///< none: nothing is pending
    std::vector<std::string> errors{};

    std::int64_t pending() const {
        std::int64_t count = 0;
        for (const SinkBacklog& backlog : undelivered)
            if (backlog.is_configured) count += backlog.pending;
        return count;
    }
};

/// The sinks of the options, and the file sinks with pending events that only the outbox knows: a program's events file
/// depends on the task that was run.
std::vector<std::shared_ptr<Sink>> sinks_of_outbox(store::StateFile& state, const SessionOptions& options) {
    auto sinks = options.sinks;
    constexpr std::string_view prefix = event::file_sink_prefix;
    for (const SinkBacklog& backlog : store::Outbox(state).backlogs()) {
        const bool is_configured =
            std::ranges::any_of(options.sinks, [&](const auto& sink) { return sink->name() == backlog.sink; });
        if (backlog.pending > 0 && !is_configured && backlog.sink.starts_with(prefix))
            sinks.push_back(std::make_shared<event::FileSink>(backlog.sink.substr(prefix.size())));
    }
    return sinks;
}

std::optional<Time> next_try_of(const std::vector<SinkBacklog>& backlogs, const std::vector<std::string>& sinks) {
    std::optional<Time> next;
    for (const SinkBacklog& backlog : backlogs)
        if (std::ranges::find(sinks, backlog.sink) != sinks.end()) next = earliest({next, backlog.next_try});
    return next;
}

/// The backlogs of sinks that lack events.
std::vector<SinkBacklog> undelivered_of(std::vector<SinkBacklog> backlogs, const std::vector<std::string>& configured) {
    std::erase_if(backlogs, [](const SinkBacklog& backlog) { return backlog.undelivered() == 0; });
    for (SinkBacklog& backlog : backlogs) backlog.is_configured = is_served(backlog.sink, configured);
    return backlogs;
}

/// Throws store::LockedError while a run holds the file. One beside the state is pruned, or removed, the first time.
Round deliver_from(const std::filesystem::path& file, bool is_beside_state, const SessionOptions& options,
                   const SessionParts& parts, event::Backoff backoff) {
    auto state = open_for_moment(file, options.command, parts.clock);
    const auto configured = EventDelivery::sink_names(options);
    if (is_beside_state && backoff == event::Backoff::reset) {
        prune_outbox(state, configured, parts.clock.now());
        const auto is_configured = [&](const std::string& sink) { return is_served(sink, configured); };
        if (store::is_disposable(state, is_configured)) {
            store::remove_outbox(state, file);
            return {};
        }
    }
    SessionOptions own = options;
    own.sinks = sinks_of_outbox(state, options);
    EventDelivery(state, own, parts, {}, backoff).deliver_due(longest_hold);
    auto undelivered = undelivered_of(store::Outbox(state).backlogs(), configured);
    const auto next_try = next_try_of(undelivered, EventDelivery::sink_names(own));
    return {.undelivered = std::move(undelivered), .next_try = next_try};
}

/// The same for a file that a run holds, which delivers.
Round look_at(const std::filesystem::path& file, const SessionOptions& options, const SessionParts& parts) {
    Round round{.undelivered = undelivered_of(store::read_backlogs({file}), EventDelivery::sink_names(options))};
    if (round.pending() > 0) round.next_try = parts.clock.now() + lock_poll_interval;
    return round;
}

/// A file that cannot be read holds up no other.
Round deliver_or_look(const std::filesystem::path& file, bool is_beside_state, const SessionOptions& options,
                      const SessionParts& parts, event::Backoff backoff) {
    try {
        try {
            return deliver_from(file, is_beside_state, options, parts, backoff);
        } catch (const store::LockedError&) {
            return look_at(file, options, parts);
        }
    } catch (const Error& error) {
        return {.errors = {error.what()}};
    }
}

Round deliver_all(const std::filesystem::path& state, const SessionOptions& options, const SessionParts& parts,
                  event::Backoff backoff) {
    Round all;
    for (const auto& file : store::outbox_files(state)) {
        Round round = deliver_or_look(file, file != state, options, parts, backoff);
        std::ranges::move(round.errors, std::back_inserter(all.errors));
        std::ranges::move(round.undelivered, std::back_inserter(all.undelivered));
        all.next_try = earliest({all.next_try, round.next_try});
    }
    return all;
}

}  // namespace

PendingDelivery deliver_pending(const std::filesystem::path& state, const SessionOptions& options,
                                const SessionParts& parts, Time deadline) {
    Round round = deliver_all(state, options, parts, event::Backoff::reset);
    for (auto pause = first_pause; round.next_try;) {
        const Time now = parts.clock.now();
        const Time next = std::max<Time>(*round.next_try, now + pause);
        const bool is_untried = *round.next_try <= now;  // there was no time for it, which is no failure
        if (next > deadline && !is_untried) break;
        std::this_thread::sleep_for(next - now);
        const auto before = round.pending();
        round = deliver_all(state, options, parts, event::Backoff::keep);
        pause = round.pending() < before ? first_pause : std::min(2 * pause, longest_pause);
    }
    return {.undelivered = store::sum_by_sink(std::move(round.undelivered)), .errors = std::move(round.errors)};
}

}  // namespace freshet::run
