// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/config.hpp"
#include "event/delivery_threads.hpp"
#include "notify/rule.hpp"
#include "run/worker_host.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freshet::run {

/// Makes a sink for each [[sink]] table of the configuration, of a built-in type or of one of `extra_types`; adds those
/// of the rules. Throws ConfigError for a table that no sink type accepts.
std::vector<std::shared_ptr<Sink>> configured_sinks(const Config& config, const std::vector<SinkType>& extra_types,
                                                    const std::vector<notify::Rule>& rules);

/// Throws ConfigError for an array of tables that is neither [[sink]] nor [[notification]].
void check_tables(const Config& config);

/// Returns whether a sink is served where these are configured: files are, too, since a program's events file depends
/// on the task that was run.
bool is_served(const std::string& sink, const std::vector<std::string>& configured);

/// Opens a state or an outbox for the moment of a command. Throws as store::StateFile::open_exclusive().
store::StateFile open_for_moment(const std::filesystem::path& file, const std::string& command, const Clock& clock);

/// As freshetd's.
inline constexpr std::chrono::hours history_retention{24 * 90};

/// Removes from the outbox what the retention of the history has expired. Throws StoreError.
void prune_outbox(store::StateFile& state, const std::vector<std::string>& configured, Time now);

/// Waits for commands that hold a state or an outbox for a moment: the call of a sink at most.
class MomentaryHolder {
public:
    explicit MomentaryHolder(const Clock& clock)
        : clock_(clock), deadline_(clock.steady_now() + std::chrono::minutes(1)) {}

    /// Pauses and returns true where it is worth trying again.
    bool was_waited_for(const store::LockedError& error);

private:
    const Clock& clock_;
    std::chrono::steady_clock::time_point deadline_;
};

/// open_for_moment() once the commands that hold it for a moment let it go.
store::StateFile open_when_free(const std::filesystem::path& file, const std::string& command, const Clock& clock);

/// Runs the action; a DiskFullError is only reported to the observer. For work that a later run can catch up on.
void tolerating_full_disk(worker::Observer& observer, const std::function<void()>& action);

/// The events in the receipts of the complete tasks, with their original ids.
std::vector<Event> receipt_events(const worker::Plan& plan);
std::vector<Event> receipt_events(const std::vector<TaskResult>& results);

/// Queues those of the events of complete tasks that neither this outbox nor another one of the state knows: a crash
/// came between their output and their event. `open` are the files that this process has open.
void recover_events(std::vector<Event> events, store::StateFile& outbox_file,
                    const std::optional<std::filesystem::path>& state, const std::vector<std::filesystem::path>& open,
                    Time now);

/// Delivers a run's events from the outbox in its state to the sinks, on threads of its own.
class EventDelivery {
public:
    /// `wake` is called by any thread when poll() has something to do.
    EventDelivery(store::StateFile& state, const SessionOptions& options, const SessionParts& parts,
                  std::function<void()> wake, event::Backoff backoff = event::Backoff::reset);

    /// Starts the deliveries that are due; returns how many are pending and when to poll again.
    event::DeliveryStatus poll() { return threads_.poll(); }
    /// As DeliveryThreads::poll_if_due().
    std::optional<Time> poll_if_due() { return threads_.poll_if_due(); }
    /// As DeliveryThreads::deliver_due().
    void deliver_due(std::chrono::milliseconds timeout) { threads_.deliver_due(timeout); }
    /// Adds events to the outbox; durable after a power cut. Throws StoreError.
    void enqueue(const std::vector<Event>& events);
    /// Waits a few seconds for pending deliveries; returns what the sinks lack then, also those that are not
    /// configured.
    std::vector<SinkBacklog> finish(bool use_short_timeout);

    static std::vector<std::string> sink_names(const SessionOptions& options);

private:
    store::StateFile& state_;
    SessionParts parts_;
    std::vector<std::string> sinks_;
    event::DeliveryThreads threads_;
};

/// The outbox of a run whose scheduler is elsewhere and does not know the run's sinks, or, as a luigid, takes no
/// events: a file beside the state, which another run may hold with an embedded scheduler. Also delivers from the
/// outboxes of runs that ended before all events were delivered.
class LocalOutboxes {
public:
    /// Opens the first free outbox. Throws store::LockedError when a hundred other runs hold one each.
    LocalOutboxes(const SessionOptions& options, const SessionParts& parts, WorkerHost& worker_host);

    /// Queues those of the events of complete tasks that neither this outbox nor the state nor another outbox knows.
    void recover_events(std::vector<Event> events);
    void enqueue(const std::vector<Event>& events) { own_.event_delivery.enqueue(events); }

    /// Starts the deliveries that are due; returns when to poll again.
    std::optional<Time> poll();
    /// Waits a few seconds for pending deliveries; returns what the sinks lack then, of the outboxes visited.
    std::vector<SinkBacklog> finish(bool use_short_timeout);

private:
    struct LocalOutbox {
        LocalOutbox(store::StateFile opened, const SessionOptions& options, const SessionParts& parts,
                    WorkerHost& worker_host)
            : state(std::move(opened)), event_delivery(state, options, parts, worker_host.waker()) {}

        store::StateFile state;
        EventDelivery event_delivery;
    };

    store::StateFile open_own();
    bool open_abandoned();
    void open_abandoned(const std::filesystem::path& path);

    const SessionOptions& options_;
    SessionParts parts_;
    WorkerHost& worker_host_;
    int own_number_ = 0;    // 0: in memory
    int last_checked_ = 0;  // number of the last outbox that was checked for pending events
    LocalOutbox own_;
    std::optional<LocalOutbox> abandoned_;  // one at a time, so that a run that starts finds a free outbox
};

/// The end of deliver_pending().
struct PendingDelivery {
    std::vector<SinkBacklog> undelivered{};  ///< also for sinks that are not configured
    std::vector<std::string> errors{};       ///< of files that could not be read
};

/// Delivers what waits in the state and in the outboxes beside it until nothing is pending or the deadline has passed;
/// tries everything at least once. Besides `sinks`, file sinks that the outboxes know are served. Holds each file for
/// moments only, so that runs can start; a run that holds one delivers itself. Removes outboxes that are of no use any
/// more.
PendingDelivery deliver_pending(const std::filesystem::path& state, const SessionOptions& options,
                                const SessionParts& parts, Time deadline);

}  // namespace freshet::run
