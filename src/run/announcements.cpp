// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/announcements.hpp"

#include "freshet/event.hpp"
#include "store/outbox.hpp"
#include "worker/announced.hpp"

namespace freshet::run {

void announce_again(const worker::Plan& plan, store::StateFile& state, Time now) {
    store::Outbox outbox(state);
    for (std::size_t node = 0; node < plan.size(); ++node) {
        if (!plan[node].is_complete || !plan[node].task.type().announces) continue;
        for (const Event& event : worker::announced_by(plan[node].task)) {
            if (outbox.is_known(event.id)) continue;
            auto change = state.begin();
            outbox.enqueue({.id = event.id, .key = event.key, .document = to_json(event).text()}, now);
            change.commit(store::Durability::power_cut);
        }
    }
}

}  // namespace freshet::run
