// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "event/delivery.hpp"
#include "event/delivery_threads.hpp"
#include "freshet/clock.hpp"
#include "notify/notifier.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"
#include "store/tables.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace freshet::daemon {

struct MaintenanceParts {
    store::StateFile& state;
    const Clock& clock;
    Log& log;
    std::vector<std::shared_ptr<Sink>> sinks;
    std::vector<notify::Rule> rules;
    std::filesystem::path state_folder;
    notify::SchedulerContact contact;
    const scheduler::SchedulerState& scheduler;  ///< whose problems the rules tell
    std::chrono::days history_retention;
    std::function<void()> wake;  ///< called on any thread when on_tick() is due
};

/// The daemon's own work on the state, beside the scheduler: notifications, delivery of events to the sinks and
/// retention of the history. Belongs to the thread that owns the state, but for change_events().
class Maintenance {
public:
    explicit Maintenance(MaintenanceParts parts);

    /// Does what is due, at any time; returns the latest time for the next call. Throws StoreError when the state was
    /// removed or replaced.
    std::optional<Time> on_tick();

    std::vector<std::string> sink_names() const;

    /// Applies a change of events at the next on_tick(), and then calls `reply` with its result; with none while the
    /// disk is full. From any thread; wake the owner.
    using OnChanged = std::function<void(const std::optional<event::ChangedEvents>&)>;
    void change_events(event::EventChange change, OnChanged reply);

    /// Waits briefly for pending deliveries before the daemon ends; the rest is delivered after the next start.
    void finish();

private:
    Time check_files(Time now);
    Time prune_history(Time now);
    void apply_changes();

    MaintenanceParts parts_;
    store::StateTables tables_;
    store::Outbox outbox_;
    notify::Notifier notifier_;
    event::DeliveryThreads deliveries_;
    Time next_file_check_{};
    Time next_prune_{};
    std::mutex mutex_;
    std::vector<std::pair<event::EventChange, OnChanged>> changes_{};  // guarded by mutex_
};

}  // namespace freshet::daemon
