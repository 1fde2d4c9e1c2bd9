// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/event_delivery.hpp"

#include "base/time.hpp"
#include "event/file_sink.hpp"
#include "event/webhook_sink.hpp"
#include "freshet/event.hpp"
#include "freshet/text.hpp"
#include "store/database.hpp"
#include "store/outbox.hpp"
#include "worker/registration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace freshet::run {

namespace {

using namespace std::chrono_literals;

/// The time that the end of a run waits for deliveries; the next run delivers the rest.
constexpr auto delivery_timeout = 10s;
constexpr auto short_delivery_timeout = 2s;

event::Sinks sinks_of(const SessionOptions& options) {
    event::Sinks sinks;
    for (const auto& sink : options.sinks) sinks.push_back(*sink);
    return sinks;
}

}  // namespace

EventDelivery::EventDelivery(store::StateFile& state, const SessionOptions& options, const SessionParts& parts,
                             std::function<void()> wake)
    : state_(state),
      parts_(parts),
      threads_({.state = state, .clock = parts.clock, .log = parts.log, .jitter = WorkerHost::jitter()},
               sinks_of(options), std::move(wake)) {}

void EventDelivery::enqueue(const std::vector<Event>& events) {
    auto transaction = state_.begin();
    store::Outbox outbox(state_);
    for (const Event& event : events)
        outbox.enqueue({.id = event.id, .key = event.key, .document = to_json(event).text()}, parts_.clock.now());
    transaction.commit(store::Durability::power_cut);
}

int EventDelivery::finish(bool use_short_timeout) {
    return static_cast<int>(threads_.finish(use_short_timeout ? short_delivery_timeout : delivery_timeout).pending);
}

std::vector<std::string> EventDelivery::sink_names(const SessionOptions& options) {
    std::vector<std::string> names;
    for (const auto& sink : options.sinks) names.push_back(sink->name());
    return names;
}

void tolerating_full_disk(worker::Observer& observer, const std::function<void()>& action) {
    try {
        action();
    } catch (const DiskFullError& error) {
        observer.notified(error.what());
    }
}

namespace {

/// More concurrent runs on one state are a mistake.
constexpr int max_outboxes = 100;

std::filesystem::path outbox_path(int number, std::filesystem::path state) {
    return state.replace_extension(fmt::format(".queue{}.sqlite", number));
}

}  // namespace

std::vector<std::filesystem::path> outboxes_of(const std::filesystem::path& state) {
    std::vector<std::filesystem::path> found;
    if (std::filesystem::exists(state)) found.push_back(state);
    for (int number = 1; number <= max_outboxes; ++number)
        if (auto path = outbox_path(number, state); std::filesystem::exists(path)) found.push_back(std::move(path));
    return found;
}

LocalOutboxes::LocalOutboxes(const SessionOptions& options, const SessionParts& parts, WorkerHost& worker_host)
    : options_(options), parts_(parts), worker_host_(worker_host), own_(open_own(), options, parts, worker_host) {}

store::StateFile LocalOutboxes::open_own() {
    if (!options_.state) return store::StateFile::in_memory();
    const store::LockHolder self = store::this_process(options_.command, parts_.clock.now());
    for (own_number_ = 1;; ++own_number_) {
        try {
            return store::StateFile::open_exclusive(outbox_path(own_number_, *options_.state), self);
        } catch (const store::LockedError&) {
            if (own_number_ == max_outboxes) throw;
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

int LocalOutboxes::finish(bool use_short_timeout) {
    int pending = own_.event_delivery.finish(use_short_timeout);
    // Unreachable sinks are waited for only once.
    while (pending == 0 && (abandoned_ || open_abandoned())) {
        pending = abandoned_->event_delivery.finish(use_short_timeout);
        abandoned_.reset();
    }
    return pending;
}

/// Opens the next outbox that no run holds. Empty ones are not removed: they record the events already delivered.
bool LocalOutboxes::open_abandoned() {
    if (!options_.state) return false;
    while (last_checked_ < max_outboxes) {
        if (++last_checked_ == own_number_) continue;
        const auto path = outbox_path(last_checked_, *options_.state);
        std::error_code error;
        if (!std::filesystem::exists(path, error)) continue;
        try {
            abandoned_.emplace(
                store::StateFile::open_exclusive(path, store::this_process(options_.command, parts_.clock.now())),
                options_, parts_, worker_host_);
            return true;
        } catch (const store::LockedError&) {
            continue;  // the run that holds it delivers
        } catch (const Error& broken) {
            parts_.observer.notified(fmt::format("deliver events of an earlier run: {}", broken.what()));
        }
    }
    return false;
}

void recover_events(const worker::Plan& plan, store::StateFile& state, Time now) {
    store::Outbox outbox(state);
    for (std::size_t node = 0; node < plan.size(); ++node) {
        if (!plan[node].is_complete || !plan[node].task.type().emits_events) continue;
        for (const Event& event : worker::receipt_events(plan[node].task)) {
            if (outbox.is_known(event.id)) continue;
            auto transaction = state.begin();
            outbox.enqueue({.id = event.id, .key = event.key, .document = to_json(event).text()}, now);
            transaction.commit(store::Durability::power_cut);
        }
    }
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

std::vector<std::shared_ptr<Sink>> configured_sinks(const Config& config, const std::vector<SinkType>& extra_types) {
    std::vector<std::shared_ptr<Sink>> sinks;
    const auto types = known_types(extra_types);
    for (const ConfigTable& table : config.tables("sink")) {
        try {
            sinks.push_back(type_of(table, types).make(table.values));
        } catch (const Error& error) {
            throw ConfigError(fmt::format("{}: {}", table.origin, error.what()));
        }
    }
    return sinks;
}

}  // namespace freshet::run
