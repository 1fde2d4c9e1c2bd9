// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "event/delivery_threads.hpp"
#include "run/worker_host.hpp"
#include "store/state_file.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace freshet::run {

/// The delivery of a run's events out of its own state, and what a full disk means for it.
class EventDelivery {
public:
    EventDelivery(store::StateFile& state, const SessionOptions& options, const SessionParts& parts,
                  WorkerHost& worker_host);

    /// Sends what is due; says what is left, and when it wants to be asked again.
    event::DeliveryStatus poll() { return threads_.poll(); }
    /// Queues events, to survive a power cut. Throws StoreError.
    void enqueue(const std::vector<Event>& events);
    /// Waits for what can still arrive now; returns how many are left for the next start.
    int finish(bool use_short_timeout);

    static std::vector<std::string> sink_names(const SessionOptions& options);

private:
    store::StateFile& state_;
    SessionParts parts_;
    event::DeliveryThreads threads_;
};

/// What can be made good later is worth a sentence when the disk is full, not the run.
void tolerating_full_disk(worker::Observer& observer, const std::function<void()>& what);

}  // namespace freshet::run
