// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/maintenance.hpp"

#include "base/time.hpp"
#include "store/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

namespace freshet::daemon {

namespace {

using namespace std::chrono_literals;

constexpr auto prune_interval = 1h;
constexpr auto file_check_interval = 1s;  // while nothing is written, which checks them, too
/// Rows deleted in one transaction: requests wait for it no longer than some milliseconds.
constexpr std::int64_t batch_size = 500;
constexpr auto pause_between_batches = 100ms;
/// Short, since a service manager kills a daemon that does not end; the rest is delivered after the next start.
constexpr auto final_delivery_timeout = 2s;

event::Sinks references(const std::vector<std::shared_ptr<Sink>>& sinks) {
    event::Sinks references;
    for (const auto& sink : sinks) references.push_back(*sink);
    return references;
}

std::function<double()> jitter() {
    return [generator = std::mt19937(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(generator);
    };
}

}  // namespace

Maintenance::Maintenance(MaintenanceParts parts)
    : parts_(std::move(parts)),
      tables_(parts_.state),
      outbox_(parts_.state),
      notifier_(parts_.state, parts_.log,
                {.rules = parts_.rules, .state_folder = parts_.state_folder, .contact = parts_.contact}),
      deliveries_({.state = parts_.state, .clock = parts_.clock, .log = parts_.log, .jitter = jitter()},
                  references(parts_.sinks), parts_.wake) {}

std::optional<Time> Maintenance::on_tick() {
    const Time now = parts_.clock.now();
    const Time next_file_check = check_files(now);
    const Time next_prune = prune_history(now);
    apply_changes();
    const auto next_notification = notifier_.on_tick(parts_.scheduler, now);
    return earliest({next_file_check, next_prune, next_notification, deliveries_.poll_if_due()});
}

Time Maintenance::check_files(Time now) {
    if (next_file_check_ <= now || now + file_check_interval < next_file_check_) {
        parts_.state.check_files();
        next_file_check_ = now + file_check_interval;
    }
    return next_file_check_;
}

Time Maintenance::prune_history(Time now) {
    const bool is_soon = now < next_prune_ && next_prune_ <= now + prune_interval;  // else the clock was set
    if (is_soon) return next_prune_;
    auto transaction = parts_.state.begin();
    const Time cutoff = store::retention_cutoff(tables_, now, parts_.history_retention);
    const bool is_more = tables_.prune_history(cutoff, batch_size);
    outbox_.prune_delivered(cutoff, sink_names());
    transaction.commit(store::Durability::crash);
    return next_prune_ = now + (is_more ? Time::duration(pause_between_batches) : Time::duration(prune_interval));
}

void Maintenance::change_events(event::EventChange change, OnChanged reply) {
    const std::lock_guard lock(mutex_);
    changes_.emplace_back(std::move(change), std::move(reply));
}

void Maintenance::apply_changes() {
    std::vector<std::pair<event::EventChange, OnChanged>> changes;
    {
        const std::lock_guard lock(mutex_);
        changes = std::exchange(changes_, {});
    }
    const auto is_configured = [names = sink_names()](const std::string& sink) {
        return std::ranges::find(names, sink) != names.end();
    };
    for (const auto& [change, reply] : changes) {
        std::optional<event::ChangedEvents> changed;
        try {
            changed = event::change_events(parts_.state, change, is_configured);
        } catch (const DiskFullError&) {
            changed.reset();
        }
        reply(changed);
    }
}

std::vector<std::string> Maintenance::sink_names() const {
    std::vector<std::string> names;
    for (const auto& sink : parts_.sinks) names.push_back(sink->name());
    return names;
}

void Maintenance::finish() {
    const auto left = deliveries_.finish(final_delivery_timeout);
    if (left.pending == 0) return;
    parts_.log.write({.level = LogLevel::warning,
                      .event = "outbox.left",
                      .message = fmt::format("{} event deliveries are pending until the next start", left.pending),
                      .fields = {{"pending", left.pending}}});
}

}  // namespace freshet::daemon
