// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/deliveries.hpp"

#include <optional>
#include <vector>

namespace freshet::run {

/// The events of a run whose scheduler takes none: a queue of its own, beside the state that a run with its own
/// scheduler may be using. What runs that have ended could not deliver is sent out of their queues, too.
class LocalOutboxes {
public:
    /// Throws store::LockedError when a hundred other runs have a queue each.
    LocalOutboxes(const SessionOptions& options, const SessionParts& parts, WorkerHost& worker_host);

    /// The run's own.
    store::StateFile& own() { return own_.state; }
    void enqueue(const std::vector<Event>& events) { own_.event_delivery.enqueue(events); }

    /// Sends what is due; says when it wants to be asked again.
    std::optional<Time> poll();
    /// Waits for what can still arrive now; returns how many are left for the next start.
    int finish(bool use_short_timeout);

private:
    struct LocalOutbox {
        LocalOutbox(store::StateFile opened, const SessionOptions& options, const SessionParts& parts,
                    WorkerHost& worker_host)
            : state(std::move(opened)), event_delivery(state, options, parts, worker_host) {}

        store::StateFile state;
        EventDelivery event_delivery;
    };

    store::StateFile open_own();
    bool open_abandoned();

    const SessionOptions& options_;
    SessionParts parts_;
    WorkerHost& worker_host_;
    int own_number_ = 0;    // 0: in memory
    int last_checked_ = 0;  // the number of the last queue that was looked at
    LocalOutbox own_;
    std::optional<LocalOutbox> abandoned_;  // one at a time: a run that begins finds a free queue
};

}  // namespace freshet::run
