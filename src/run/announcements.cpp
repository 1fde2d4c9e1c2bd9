// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/announcements.hpp"

#include "freshet/event.hpp"
#include "store/outbox.hpp"
#include "worker/registration.hpp"

namespace freshet::run {

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

}  // namespace freshet::run
