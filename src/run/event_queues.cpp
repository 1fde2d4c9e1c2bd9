// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/event_queues.hpp"

#include "base/time.hpp"
#include "store/errors.hpp"

#include <fmt/format.h>

namespace freshet::run {

namespace {

/// More runs at once on one machine are a mistake.
constexpr int most_queues = 100;

std::filesystem::path place_of(int number, std::filesystem::path state) {
    return state.replace_extension(fmt::format(".queue{}.sqlite", number));
}

}  // namespace

EventQueues::EventQueues(const SessionOptions& options, const SessionParts& parts, Workshop& workshop)
    : options_(options), parts_(parts), workshop_(workshop), own_(open_own(), options, parts, workshop) {}

store::StateFile EventQueues::open_own() {
    if (!options_.state) return store::StateFile::in_memory();
    const store::Owner self = store::this_process(options_.command, parts_.clock.now());
    for (own_number_ = 1;; ++own_number_) {
        try {
            return store::StateFile::own(place_of(own_number_, *options_.state), self);
        } catch (const store::OwnedError&) {
            if (own_number_ == most_queues) throw;
        }
    }
}

std::optional<Time> EventQueues::poll() {
    const auto next = own_.deliveries.poll().next_try;
    while (left_ || open_left()) {
        const auto status = left_->deliveries.poll();
        if (status.pending > 0) return earliest({next, status.next_try});
        left_.reset();
    }
    return next;
}

int EventQueues::finish(bool in_a_hurry) {
    int pending = own_.deliveries.finish(in_a_hurry);
    // Sinks that are away are waited for once.
    while (pending == 0 && (left_ || open_left())) {
        pending = left_->deliveries.finish(in_a_hurry);
        left_.reset();
    }
    return pending;
}

/// A queue stays when it is empty: it knows what was delivered.
bool EventQueues::open_left() {
    if (!options_.state) return false;
    while (looked_at_ < most_queues) {
        if (++looked_at_ == own_number_) continue;
        const auto place = place_of(looked_at_, *options_.state);
        std::error_code error;
        if (!std::filesystem::exists(place, error)) continue;
        try {
            left_.emplace(store::StateFile::own(place, store::this_process(options_.command, parts_.clock.now())),
                          options_, parts_, workshop_);
            return true;
        } catch (const store::OwnedError&) {
            continue;  // its run delivers
        } catch (const StoreError& broken) {
            parts_.observer.noticed(fmt::format("deliver events that an earlier run left: {}", broken.what()));
        }
    }
    return false;
}

}  // namespace freshet::run
