// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "freshet/event.hpp"
#include "freshet/metrics.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace freshet::event {

/// The undelivered event for programs: id, sink, state ("pending" or "dead"), stored, tries, rejections, next_try or
/// dead_since, last_error, configured (false: the reader knows that the sink is not), and the whole event.
Json to_json(const store::UndeliveredEvent& undelivered, bool is_configured = true);

/// Writes the metrics of outboxes: how many events each sink lacks, and since when. `labels` follow that of the sink.
void write_metrics(const std::vector<SinkBacklog>& backlogs, MetricsWriter& out, const MetricLabels& labels = {});

/// An operator's decision about undelivered events. Its JSON: action, ids or all, sink.
struct EventChange {
    enum class Action {
        resend,  ///< pending and due again: those that are dead, and those of `ids`, with `sink` also delivered ones
        skip,    ///< given up; with all events of a sink that is not configured, the sink is removed
    };
    Action action = Action::resend;
    std::set<std::string> ids{};        ///< empty: all
    std::optional<std::string> sink{};  ///< only for this one

    /// Throws ParameterError.
    static EventChange from_json(const Json& json);
    Json to_json() const;
};

/// The result of a change in one or several outboxes.
struct ChangedEvents {
    std::vector<std::pair<std::string, std::string>> deliveries{};  ///< id of the event and sink
    std::vector<std::string> removed_sinks{};
    std::map<std::string, store::EventKnowledge> known{};  ///< ids of the change
    std::set<std::string> sinks{};                         ///< that the outboxes know

    void add(const ChangedEvents& other);
    /// The members: changed (id, sink), removed_sinks, and problems, a sentence for each id without a change.
    Json to_json(const EventChange& change) const;
};

using IsConfigured = std::function<bool(const std::string& sink)>;

/// Changes the deliveries of an outbox; durable after a power cut. Throws StoreError, and has changed nothing.
ChangedEvents change_events(store::StateFile& state, const EventChange& change, const IsConfigured& is_configured);

/// The number of undelivered events and the time of the next try.
struct DeliveryStatus {
    std::int64_t pending = 0;        ///< an event counts once for each sink that does not have it
    std::optional<Time> next_try{};  ///< nullopt: nothing waits for a time
};

/// Both together.
DeliveryStatus operator+(const DeliveryStatus& status, const SinkBacklog& backlog);

/// The number of times that a sink may refuse an event before it is dead.
inline constexpr int max_rejections = 5;

/// The result of one delivery attempt: on error the event is retried, unless it is dead then.
struct DeliveryResult {
    std::optional<std::string> error{};
    std::optional<std::chrono::seconds> retry_after{};
    bool is_refusal = false;  ///< the sink refuses this event; else an error says that it takes none now

    bool is_unavailable() const { return error && !is_refusal; }
};

/// Gives the event to the sink; whatever the sink throws is the result.
DeliveryResult try_deliver(Sink& sink, const store::PendingEvent& event) noexcept;

/// The back-off after `tries` failures: 1 s doubling to 60 s, reduced by up to a half by `jitter` in [0, 1), so that
/// senders do not retry in step. A delay that the receiver asked for takes precedence.
std::chrono::milliseconds pause_after(int tries, std::optional<std::chrono::seconds> retry_after, double jitter);

/// The pauses that an earlier delivery from the same outbox has left.
enum class Backoff {
    reset,  ///< pending events are tried at once; only delays that a receiver asked for are kept
    keep,   ///< for a delivery that goes on after a moment
};

/// The services of a delivery.
struct DeliveryServices {
    store::StateFile& state;
    const Clock& clock;
    Log& log;
    std::function<double()> jitter;  ///< in [0, 1)
    Backoff backoff = Backoff::reset;
};

using Sinks = std::vector<std::reference_wrapper<Sink>>;

/// Chooses the events that each sink is to be asked to take, until it has acknowledged them, and records how that went;
/// DeliveryThreads asks the sinks. An event that a sink refuses time and again is dead: it is not tried any more. A
/// sink that has failed gets one event at a time, after growing pauses, and each time one that was tried less often
/// than the others: one that always fails holds up none. Belongs to the thread that owns the state.
class Delivery {
public:
    /// Makes the sinks known to the outbox.
    Delivery(DeliveryServices services, Sinks sinks);

    DeliveryStatus status();
    std::size_t sinks() const { return sinks_.size(); }
    Sink& sink(std::size_t index) const { return sinks_[index]; }
    std::vector<store::PendingEvent> due(std::size_t sink);
    /// Its next try is not before the end of the sink's pause.
    SinkBacklog backlog(std::size_t sink);
    void record(std::size_t sink, const store::PendingEvent& event, const DeliveryResult& result);

private:
    /// The failures of a sink since its last answer to an event.
    struct SinkHealth {
        int failures = 0;
        Time paused_until{};
    };

    void register_sinks();
    void reset_own_backoff();
    void record_failure(std::size_t sink, const store::PendingEvent& event, const DeliveryResult& result);
    void record_refusal(std::size_t sink, const store::PendingEvent& event, const DeliveryResult& result);
    void log_failure(std::size_t sink, const store::PendingEvent& event, const DeliveryResult& result,
                     std::optional<std::chrono::milliseconds> pause);

    DeliveryServices services_;
    store::Outbox outbox_;
    Sinks sinks_;
    std::vector<std::string> names_;
    std::vector<SinkHealth> health_;  // by sink
};

}  // namespace freshet::event
