// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/metrics.hpp"
#include "store/state_file.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::store {

/// An event on its way to a sink.
struct PendingEvent {
    std::int64_t position = 0;  ///< position in the order of storing
    std::string event_id;
    std::string key;
    std::string document;
    int tries = 0;       ///< attempts to deliver to this sink so far
    int rejections = 0;  ///< those in which the sink refused this event
};

/// An event that a sink does not have.
struct UndeliveredEvent {
    std::string sink;
    std::string event_id;
    std::string document;
    Time stored{};
    int tries = 0;
    int rejections = 0;
    Time next_try{};                   ///< past: at once
    std::optional<Time> dead_since{};  ///< nullopt: pending
    std::string last_error{};          ///< empty: not tried yet
};

/// An outbox's knowledge of an event.
enum class EventKnowledge {
    unknown,
    id,     ///< it was stored once; its document is not kept any more
    whole,  ///< with its document: it can be sent
};

/// The outbox: undelivered events and the progress of each sink. An event enqueued in the transaction that records a
/// completion is stored exactly when the completion is.
///
/// Each sink has a queue for each key and subject: its events are delivered in order, and one that fails holds up only
/// the later ones of its own queue. A dead event holds up none.
///
/// Events wait for the sinks known when they are stored. A sink that is new in the configuration also gets the events
/// of the last `backfill`; one that was removed keeps its events until retention deletes them, so that a run with
/// another configuration loses nothing. Notifications are for one sink each, whose name begins with
/// `notification_sink_prefix`: such a sink gets no other events, and no other sink gets them.
class Outbox {
public:
    static constexpr std::string_view notification_type = "dev.freshet.notification.v1";
    static constexpr std::string_view notification_sink_prefix = "notification ";

    /// An operator who adds a sink wants to see the last cycles there, not those of last month.
    static constexpr std::chrono::hours backfill{7 * 24};

    explicit Outbox(StateFile& state);

    /// The sinks of the configuration; each event stored from here on waits for them.
    void add_sinks(const std::vector<std::string>& names, Time now);
    /// All sinks ever added and not removed, by name.
    std::vector<std::string> sinks();
    /// Lets no more events wait for a sink, until it is added again; those that wait already are kept.
    void remove_sink(std::string_view name);
    /// Returns whether an event was ever to be delivered to a sink that is added, also when that is long ago.
    bool was_used_by(std::string_view sink);

    struct NewEvent {
        std::string_view id;
        std::string_view key;
        std::string_view document;   ///< JSON text for the sinks
        std::string_view subject{};  ///< events of one key and subject are delivered in order
    };
    /// Stores the event unless one with its id is known; returns whether it was new.
    bool enqueue(const NewEvent& event, Time now);
    /// Stores the event for this sink only.
    bool enqueue_for(std::string_view sink, const NewEvent& event, Time now);
    /// True when the event was ever stored, even if it is delivered and its document pruned.
    bool is_known(std::string_view event_id) { return knowledge_of(event_id) != EventKnowledge::unknown; }
    EventKnowledge knowledge_of(std::string_view event_id);
    /// The documents of the newest events of one type, one for each data.dataset: that of the greatest data.cycle.
    /// Takes as long as there are datasets, however many events are kept.
    std::vector<std::string> newest_of_datasets(std::string_view type, std::size_t limit);

    /// The events due for a sink: the earliest pending event of each key and subject, when its next try is due.
    std::vector<PendingEvent> due(std::string_view sink, Time now);
    SinkBacklog backlog(std::string_view sink);
    /// The backlogs of all sinks ever added, by name.
    std::vector<SinkBacklog> backlogs();
    /// All pending and dead events in the order of storing, one for each sink that does not have it.
    std::vector<UndeliveredEvent> undelivered();

    void mark_delivered(std::int64_t position, std::string_view sink, Time now);
    void mark_failed(std::int64_t position, std::string_view sink, Time next_try, std::string_view error);
    /// Records that the sink refused this event, which is dead from `dead_at` on if that is given.
    void mark_refused(std::int64_t position, std::string_view sink, Time next_try, std::string_view error,
                      std::optional<Time> dead_at);
    /// Postpones all pending events of a sink until then.
    void postpone(std::string_view sink, Time until);
    /// Makes an event pending and due for a sink, also one that was delivered, is dead or was skipped. Returns false
    /// when its document is not kept any more.
    bool resend(std::string_view event_id, std::string_view sink);
    /// Gives up the delivery of an event to a sink for good; returns false when it was delivered or is unknown.
    bool skip(std::string_view event_id, std::string_view sink);
    /// Makes events due now whose next try is before `until` or, by a clock that was set back, after `beyond`.
    void reset_backoff(std::string_view sink, Time until, Time beyond);
    /// Adds the change of a clock that was set to all next tries.
    void shift_backoffs(Time::duration change);

    /// Prunes documents stored before that time of events that no configured sink waits for, and gives up events that
    /// were dead by then; keeps the ids.
    void prune_delivered(Time before, const std::vector<std::string>& configured);

private:
    template <class Visit>
    void for_each_head(std::string_view sink, Visit&& visit);

    Statement add_sink_, backfill_sink_;
    Statement enqueue_, add_deliveries_, add_delivery_;
    Statement is_known_;
    Statement heads_, backlog_, last_error_, undelivered_;
    Statement mark_delivered_, mark_failed_, mark_refused_, postpone_, reset_backoff_, shift_backoffs_;
    Statement resend_, skip_;
    Statement remove_sink_, was_used_by_, newest_of_datasets_;
    Statement sinks_, abandon_, prune_dead_, prune_documents_, prune_deliveries_;
};

/// More concurrent runs that each keep an outbox beside one state are a mistake.
inline constexpr int max_queue_files = 100;

/// The outbox number 1, 2, ... beside a state, of a run whose scheduler is elsewhere.
std::filesystem::path queue_file(const std::filesystem::path& state, int number);

/// The state and the outboxes beside it, those that exist.
std::vector<std::filesystem::path> outbox_files(const std::filesystem::path& state);

/// Returns whether an outbox beside a state is of no use any more: all is delivered, and no event was ever queued for a
/// sink that is configured now.
bool is_disposable(StateFile& outbox_file, const std::function<bool(const std::string& sink)>& is_configured);

/// Removes an outbox beside a state, which `outbox_file` holds, unless somebody reads it. The lock file stays: it keeps
/// others from making the outbox anew before this one is closed.
void remove_outbox(StateFile& outbox_file, const std::filesystem::path& path);

/// Adds up the backlogs of each sink; by name.
std::vector<SinkBacklog> sum_by_sink(std::vector<SinkBacklog> backlogs);

/// The backlogs of all sinks in these files, one for each sink, by name; read beside whoever uses them. Throws
/// StoreError for a file that cannot be read or that an older Freshet has written; an outbox beside the first one may
/// have been removed.
std::vector<SinkBacklog> read_backlogs(const std::vector<std::filesystem::path>& files);

/// Outbox::undelivered() of these files, read in the same way.
std::vector<UndeliveredEvent> read_undelivered(const std::vector<std::filesystem::path>& files);

}  // namespace freshet::store
