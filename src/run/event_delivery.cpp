// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/event_delivery.hpp"

#include "base/config_section.hpp"
#include "base/time.hpp"
#include "event/sinks.hpp"
#include "freshet/event.hpp"
#include "freshet/text.hpp"
#include "store/database.hpp"
#include "store/outbox.hpp"
#include "store/retention.hpp"
#include "worker/registration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <thread>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

/// The time that the end of a run waits for deliveries; the next run delivers the rest.
constexpr auto delivery_timeout = 10s;
constexpr auto short_delivery_timeout = 2s;

store::Outbox::NewEvent new_event(const Event& event, const std::string& document) {
    return {.id = event.id, .key = event.key, .document = document, .subject = event.subject};
}

event::Sinks sinks_of(const SessionOptions& options) {
    event::Sinks sinks;
    for (const auto& sink : options.sinks) sinks.push_back(*sink);
    return sinks;
}

}  // namespace

EventDelivery::EventDelivery(store::StateFile& state, const SessionOptions& options, const SessionParts& parts,
                             std::function<void()> wake, event::Backoff backoff)
    : state_(state),
      parts_(parts),
      sinks_(sink_names(options)),
      threads_(
          {.state = state, .clock = parts.clock, .log = parts.log, .jitter = WorkerHost::jitter(), .backoff = backoff},
          sinks_of(options), std::move(wake)) {}

void EventDelivery::enqueue(const std::vector<Event>& events) {
    auto transaction = state_.begin();
    store::Outbox outbox(state_);
    for (const Event& event : events) outbox.enqueue(new_event(event, to_json(event).text()), parts_.clock.now());
    transaction.commit(store::Durability::power_cut);
}

std::vector<SinkBacklog> EventDelivery::finish(bool use_short_timeout) {
    threads_.finish(use_short_timeout ? short_delivery_timeout : delivery_timeout);
    auto undelivered = threads_.undelivered();
    for (SinkBacklog& backlog : store::Outbox(state_).backlogs()) {
        if (backlog.undelivered() == 0 || is_served(backlog.sink, sinks_)) continue;
        backlog.is_configured = false;
        undelivered.push_back(std::move(backlog));
    }
    return undelivered;
}

std::vector<std::string> EventDelivery::sink_names(const SessionOptions& options) {
    std::vector<std::string> names;
    for (const auto& sink : options.sinks) names.push_back(sink->name());
    return names;
}

bool is_served(const std::string& sink, const std::vector<std::string>& configured) {
    return sink.starts_with(event::file_sink_prefix) || std::ranges::find(configured, sink) != configured.end();
}

store::StateFile open_for_moment(const std::filesystem::path& file, const std::string& command, const Clock& clock) {
    store::LockHolder self = store::this_process(command, clock.now());
    self.is_momentary = true;
    return store::StateFile::open_exclusive(file, self);
}

void prune_outbox(store::StateFile& state, const std::vector<std::string>& configured, Time now) {
    store::StateTables tables(state);
    store::Outbox outbox(state);
    auto served = outbox.sinks();
    std::erase_if(served, [&](const std::string& sink) { return !is_served(sink, configured); });
    auto transaction = state.begin();
    outbox.prune_delivered(store::retention_cutoff(tables, now, history_retention), served);
    transaction.commit(store::Durability::crash);
}

bool MomentaryHolder::was_waited_for(const store::LockedError& error) {
    constexpr std::chrono::milliseconds lock_check_interval{100};  // the kernel tells nobody of a free lock
    if (error.mode() != store::LockMode::momentary || clock_.steady_now() >= deadline_) return false;
    std::this_thread::sleep_for(lock_check_interval);
    return true;
}

store::StateFile open_when_free(const std::filesystem::path& file, const std::string& command, const Clock& clock) {
    for (MomentaryHolder momentary_holder(clock);;) {
        try {
            return open_for_moment(file, command, clock);
        } catch (const store::LockedError& error) {
            if (!momentary_holder.was_waited_for(error)) throw;
        }
    }
}

void tolerating_full_disk(worker::Observer& observer, const std::function<void()>& action) {
    try {
        action();
    } catch (const DiskFullError& error) {
        observer.notified(error.what());
    }
}

LocalOutboxes::LocalOutboxes(const SessionOptions& options, const SessionParts& parts, WorkerHost& worker_host)
    : options_(options), parts_(parts), worker_host_(worker_host), own_(open_own(), options, parts, worker_host) {}

store::StateFile LocalOutboxes::open_own() {
    if (!options_.state) return store::StateFile::in_memory();
    const store::LockHolder self = store::this_process(options_.command, parts_.clock.now());
    MomentaryHolder momentary_holder(parts_.clock);
    for (own_number_ = 1;;) {
        try {
            return store::StateFile::open_exclusive(store::queue_file(*options_.state, own_number_), self);
        } catch (const store::LockedError& error) {
            // Another file would send later events of a cycle beside the earlier ones in this one.
            if (momentary_holder.was_waited_for(error)) continue;
            if (own_number_++ == store::max_queue_files) throw;
        }
    }
}

std::optional<Time> LocalOutboxes::poll() {
    const auto next = own_.event_delivery.poll().next_try;
    while (abandoned_ || open_abandoned()) {
        const auto status = abandoned_->event_delivery.poll();
        if (status.pending > 0) return earliest({next, status.next_try});
        abandoned_.reset();
    }
    return next;
}

std::vector<SinkBacklog> LocalOutboxes::finish(bool use_short_timeout) {
    auto undelivered = own_.event_delivery.finish(use_short_timeout);
    tolerating_full_disk(parts_.observer,
                         [&] { prune_outbox(own_.state, EventDelivery::sink_names(options_), parts_.clock.now()); });
    // Unreachable sinks are waited for only once.
    const auto is_pending = [](const SinkBacklog& backlog) { return backlog.pending > 0 && backlog.is_configured; };
    while (std::ranges::none_of(undelivered, is_pending) && (abandoned_ || open_abandoned())) {
        std::ranges::move(abandoned_->event_delivery.finish(use_short_timeout), std::back_inserter(undelivered));
        abandoned_.reset();
    }
    return store::sum_by_sink(std::move(undelivered));
}

/// Opens the next outbox that no run holds. Those of configured sinks are not removed, though all is delivered: they
/// record that it is.
bool LocalOutboxes::open_abandoned() {
    if (!options_.state) return false;
    while (last_checked_ < store::max_queue_files) {
        if (++last_checked_ == own_number_) continue;
        const auto path = store::queue_file(*options_.state, last_checked_);
        std::error_code error;
        if (!std::filesystem::exists(path, error)) continue;
        try {
            open_abandoned(path);
            if (abandoned_) return true;
        } catch (const store::LockedError&) {
            continue;  // the run that holds it delivers
        } catch (const Error& broken) {
            parts_.observer.notified(fmt::format("deliver events of an earlier run: {}", broken.what()));
        }
    }
    return false;
}

/// Removes the outbox instead when it is of no use any more.
void LocalOutboxes::open_abandoned(const std::filesystem::path& path) {
    const auto sinks = EventDelivery::sink_names(options_);
    const auto is_configured = [&](const std::string& sink) { return is_served(sink, sinks); };
    auto state = store::StateFile::open_exclusive(path, store::this_process(options_.command, parts_.clock.now()));
    prune_outbox(state, sinks, parts_.clock.now());
    if (store::is_disposable(state, is_configured)) return store::remove_outbox(state, path);
    abandoned_.emplace(std::move(state), options_, parts_, worker_host_);
}

void LocalOutboxes::recover_events(std::vector<Event> events) {
    std::vector<std::filesystem::path> open;
    if (options_.state) open.push_back(store::queue_file(*options_.state, own_number_));
    if (abandoned_) open.push_back(store::queue_file(*options_.state, last_checked_));
    run::recover_events(std::move(events), own_.state, options_.state, open, parts_.clock.now());
}

namespace {

/// Removes the events that an outbox knows which is not open in this process: closing a file that is would release
/// SQLite's locks.
void drop_known_elsewhere(std::vector<Event>& events, const std::filesystem::path& state,
                          const std::vector<std::filesystem::path>& open) {
    for (const auto& file : store::outbox_files(state)) {
        if (std::ranges::find(open, file) != open.end()) continue;
        try {
            auto other = store::StateFile::open_read_only(file);
            store::Outbox outbox(other);
            std::erase_if(events, [&](const Event& event) { return outbox.is_known(event.id); });
        } catch (const StoreError&) {
            continue;  // an event that it knows is delivered once more, under the same id
        }
    }
}

}  // namespace

std::vector<Event> receipt_events(const worker::Plan& plan) {
    std::vector<Event> events;
    for (std::size_t node = 0; node < plan.size(); ++node)
        if (plan[node].is_complete && plan[node].task.type().emits_events)
            std::ranges::move(worker::receipt_events(plan[node].task), std::back_inserter(events));
    return events;
}

std::vector<Event> receipt_events(const std::vector<TaskResult>& results) {
    std::vector<Event> events;
    for (const TaskResult& result : results) {
        const bool is_complete = result.status == TaskStatus::complete || result.status == TaskStatus::done;
        if (is_complete && result.task.type().emits_events)
            std::ranges::move(worker::receipt_events(result.task), std::back_inserter(events));
    }
    return events;
}

void recover_events(std::vector<Event> events, store::StateFile& outbox_file,
                    const std::optional<std::filesystem::path>& state, const std::vector<std::filesystem::path>& open,
                    Time now) {
    store::Outbox outbox(outbox_file);
    std::erase_if(events, [&](const Event& event) { return outbox.is_known(event.id); });
    if (state && !events.empty()) drop_known_elsewhere(events, *state, open);
    if (events.empty()) return;
    auto transaction = outbox_file.begin();
    for (const Event& event : events) outbox.enqueue(new_event(event, to_json(event).text()), now);
    transaction.commit(store::Durability::power_cut);
}

namespace {

std::vector<SinkType> known_types(const std::vector<SinkType>& extra_types) {
    std::vector<SinkType> types{event::file_sink_type(), event::webhook_sink_type()};
    types.insert(types.end(), extra_types.begin(), extra_types.end());
    return types;
}

const SinkType& type_of(const ConfigTable& table, const std::vector<SinkType>& types) {
    std::vector<std::string> names;
    for (const SinkType& type : types) names.push_back(type.type);
    const Json* type = table.values.find("type");
    if (!type || !type->is_string())
        throw ParameterError(fmt::format("[[sink]] type must be one of {}", fmt::join(names, ", ")));
    const auto found = std::ranges::find(types, type->as_string(), &SinkType::type);
    if (found != types.end()) return *found;
    throw ParameterError(fmt::format("[[sink]] type '{}' is not one of {}{}", type->as_string(), fmt::join(names, ", "),
                                     suggestion(type->as_string(), names)));
}

}  // namespace

std::vector<std::shared_ptr<Sink>> configured_sinks(const Config& config, const std::vector<SinkType>& extra_types,
                                                    const std::vector<notify::Rule>& rules) {
    std::vector<std::shared_ptr<Sink>> sinks;
    const auto types = known_types(extra_types);
    for (const ConfigTable& table : config.tables("sink")) {
        try {
            sinks.push_back(type_of(table, types).make(table.values));
        } catch (const Error& error) {
            throw ConfigError(fmt::format("{}: {}", table.origin, error.what()));
        }
    }
    for (const notify::Rule& rule : rules) sinks.push_back(rule.sink);
    return sinks;
}

void check_tables(const Config& config) {
    const std::vector<std::string> known = {"sink", "notification"};
    for (const std::string& name : config.table_names())
        if (std::ranges::find(known, normalized_key(name)) == known.end())
            throw ConfigError(fmt::format("{}: unknown table '[[{}]]'{}", config.tables(name).front().origin, name,
                                          suggestion(name, known)));
}

}  // namespace freshet::run
