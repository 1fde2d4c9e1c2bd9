// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "event/delivery_threads.hpp"
#include "freshet/clock.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"
#include "store/tables.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freshet::daemon {

struct MaintenanceParts {
    store::StateFile& state;
    const Clock& clock;
    Log& log;
    std::vector<std::shared_ptr<Sink>> sinks;
    std::chrono::days history_retention;
    std::function<void()> wake;  ///< called by any thread when on_tick() has something to do
};

/// What is done in a state that is not the scheduler's: events go out to the sinks, and history grows old. Belongs to
/// the thread that owns the state.
class Maintenance {
public:
    explicit Maintenance(MaintenanceParts parts);

    /// Called again and again, as often as anything happens; returns when it wants to be called at the latest.
    std::optional<Time> on_tick();

    /// At the end: gives the last events some time to arrive; what does not goes out at the next start.
    void finish();

private:
    std::optional<Time> deliver(Time now);
    Time prune_history(Time now);

    MaintenanceParts parts_;
    store::StateTables tables_;
    store::Outbox outbox_;
    std::atomic<bool> is_woken_ = false;  // by deliveries_, when something has come back
    event::DeliveryThreads deliveries_;
    Time next_poll_{};
    Time next_prune_{};
};

}  // namespace freshet::daemon
