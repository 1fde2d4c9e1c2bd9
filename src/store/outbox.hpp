// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/state_file.hpp"

#include <chrono>
#include <cstdint>
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
    int tries = 0;  ///< attempts to deliver to this sink so far
};

/// The backlog of one sink.
struct Backlog {
    std::string sink;
    std::int64_t pending = 0;
    Time oldest_stored{};
    std::optional<Time> next_try{};  ///< next due time of events not blocked by others; nullopt: nothing is pending
    std::string last_error{};
};

/// The outbox: undelivered events and the progress of each sink. An event enqueued in the transaction that records a
/// completion is stored exactly when the completion is.
///
/// Events wait for the sinks known when they are stored. A sink that is new in the configuration also gets the events
/// of the last `backfill`; one that was removed keeps its events until retention deletes them, so that a run with
/// another configuration loses nothing.
class Outbox {
public:
    /// An operator who adds a sink wants to see the last cycles there, not those of last month.
    static constexpr std::chrono::hours backfill{7 * 24};

    explicit Outbox(StateFile& state);

    /// The sinks of the configuration; each event stored from here on waits for them.
    void add_sinks(const std::vector<std::string>& names, Time now);
    /// All sinks ever added, by name.
    std::vector<std::string> sinks();

    struct NewEvent {
        std::string_view id;
        std::string_view key;       ///< events of one key are delivered in order
        std::string_view document;  ///< JSON text for the sinks
    };
    /// Stores the event unless one with its id is known; returns whether it was new.
    bool enqueue(const NewEvent& event, Time now);
    /// True when the event was ever stored, even if it is delivered and its document pruned.
    bool is_known(std::string_view event_id);

    /// The events due for a sink: the earliest pending event of each key, when its next try is due.
    std::vector<PendingEvent> due(std::string_view sink, Time now);
    Backlog backlog(std::string_view sink);

    void mark_delivered(std::int64_t position, std::string_view sink, Time now);
    void mark_failed(std::int64_t position, std::string_view sink, Time next_try, std::string_view error);
    /// Makes events due now whose next try is before `until` or, by a clock that was set back, after `beyond`.
    void reset_backoff(std::string_view sink, Time until, Time beyond);
    /// Adds the change of a clock that was set to all next tries.
    void shift_backoffs(Time::duration change);

    /// Prunes documents stored before that time of events that no configured sink waits for; keeps the ids.
    void prune_delivered(Time before, const std::vector<std::string>& configured);

private:
    template <class Visit>
    void for_each_head(std::string_view sink, Visit&& visit);

    Statement add_sink_, backfill_sink_;
    Statement enqueue_, add_deliveries_;
    Statement is_known_;
    Statement heads_, backlog_, last_error_;
    Statement mark_delivered_, mark_failed_, reset_backoff_, shift_backoffs_;
    Statement sinks_, abandon_, prune_documents_, prune_deliveries_;
};

}  // namespace freshet::store
