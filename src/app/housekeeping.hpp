// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "event/delivery_threads.hpp"
#include "freshet/clock.hpp"
#include "store/journal.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freshet::app {

struct HousekeepingParts {
    store::StateFile& state;
    const Clock& clock;
    Log& log;
    std::vector<std::shared_ptr<Sink>> sinks;
    std::chrono::days history_kept;
    std::function<void()> wake;  ///< called by any thread when between() has something to do
};

/// What is done in a state that is not the scheduler's: events go out to the sinks, and history grows old. Belongs to
/// the thread that owns the state.
class Housekeeping {
public:
    explicit Housekeeping(HousekeepingParts parts);

    /// Called again and again, as often as anything happens; returns when it wants to be called at the latest.
    std::optional<Time> between();

    /// At the end: gives the last events some time to arrive; what does not goes out at the next start.
    void finish();

private:
    std::optional<Time> deliver(Time now);
    Time forget_old(Time now);

    HousekeepingParts parts_;
    store::Journal journal_;
    store::Outbox outbox_;
    std::atomic<bool> is_woken_ = false;  // by deliveries_, when something has come back
    event::DeliveryThreads deliveries_;
    Time next_look_{};
    Time next_forgetting_{};
};

}  // namespace freshet::app
