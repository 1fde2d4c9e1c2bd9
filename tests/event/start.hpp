// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "event/delivery.hpp"
#include "event/sample_event.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_log.hpp"

#include <string>

namespace freshet::test {

/// One start of a program that delivers events: its state, a log, and somebody's clock.
struct DeliveryEnvironment {
    DeliveryEnvironment(store::StateFile its_state, const Clock& its_clock)
        : clock(its_clock), state(std::move(its_state)) {}

    void store_event(const std::string& id, const std::string& key, const std::string& subject = "gfs.0p25/06Z") {
        auto event = sample_event(id);
        event.key = key;
        event.subject = subject;
        const auto document = to_json(event).text();
        auto transaction = state.begin();
        store::Outbox(state).enqueue({.id = id, .key = key, .document = document, .subject = subject}, clock.now());
        transaction.commit(store::Durability::crash);
    }

    event::DeliveryServices services() {
        return {.state = state, .clock = clock, .log = log, .jitter = [] { return 0.0; }};
    }

    const Clock& clock;
    store::StateFile state;
    FakeLog log;
};

}  // namespace freshet::test
