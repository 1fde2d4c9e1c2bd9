// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/deliveries.hpp"

#include <optional>
#include <vector>

namespace freshet::run {

/// The events of a run whose scheduler takes none: a queue of its own, beside the state that a run with its own
/// scheduler may be using. What runs that have ended could not deliver is sent out of their queues, too.
class EventQueues {
public:
    /// Throws store::OwnedError when a hundred other runs have a queue each.
    EventQueues(const SessionOptions& options, const SessionParts& parts, Workshop& workshop);

    /// The run's own.
    store::StateFile& own() { return own_.state; }
    void enqueue(const std::vector<Event>& events) { own_.deliveries.enqueue(events); }

    /// Sends what is due; says when it wants to be asked again.
    std::optional<Time> poll();
    /// Waits for what can still arrive now; returns how many are left for the next start.
    int finish(bool in_a_hurry);

private:
    struct Queue {
        Queue(store::StateFile opened, const SessionOptions& options, const SessionParts& parts, Workshop& workshop)
            : state(std::move(opened)), deliveries(state, options, parts, workshop) {}

        store::StateFile state;
        Deliveries deliveries;
    };

    store::StateFile open_own();
    bool open_left();

    const SessionOptions& options_;
    SessionParts parts_;
    Workshop& workshop_;
    int own_number_ = 0;         // 0: in memory
    int looked_at_ = 0;          // the number of the last queue that was looked at
    Queue own_;
    std::optional<Queue> left_;  // one at a time: a run that begins finds a free queue
};

}  // namespace freshet::run
