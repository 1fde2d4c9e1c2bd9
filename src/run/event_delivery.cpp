// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/event_delivery.hpp"

#include "base/time.hpp"
#include "store/database.hpp"

#include <fmt/format.h>

namespace freshet::run {

namespace {

/// More runs at once on one machine are a mistake.
constexpr int max_outboxes = 100;

std::filesystem::path outbox_path(int number, std::filesystem::path state) {
    return state.replace_extension(fmt::format(".queue{}.sqlite", number));
}

}  // namespace

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
    // Sinks that are away are waited for once.
    while (pending == 0 && (abandoned_ || open_abandoned())) {
        pending = abandoned_->event_delivery.finish(use_short_timeout);
        abandoned_.reset();
    }
    return pending;
}

/// A queue stays when it is empty: it knows what was delivered.
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
            continue;  // its run delivers
        } catch (const Error& broken) {
            parts_.observer.notified(fmt::format("deliver events that an earlier run left: {}", broken.what()));
        }
    }
    return false;
}

}  // namespace freshet::run
