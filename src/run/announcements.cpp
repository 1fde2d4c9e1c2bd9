// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/announcements.hpp"

#include "freshet/event.hpp"
#include "store/outbox.hpp"
#include "target/receipt.hpp"

namespace freshet::run {

namespace {

std::vector<Event> announced_by(const AnyTask& task) {
    std::vector<Event> events;
    for (const AnyTarget& output : task.outputs()) {
        if (!output.path()) continue;
        const auto receipt = target::read_receipt(*output.path());
        if (!receipt) continue;
        for (const Event& event : receipt->origin.events)
            if (std::find(events.begin(), events.end(), event) == events.end()) events.push_back(event);
    }
    return events;
}

}  // namespace

void announce_again(const worker::Plan& plan, store::StateFile& state, Time now) {
    store::Outbox outbox(state);
    for (std::size_t node = 0; node < plan.size(); ++node) {
        if (!plan[node].is_complete || !plan[node].task.type().announces) continue;
        for (const Event& event : announced_by(plan[node].task)) {
            if (outbox.is_known(event.id)) continue;
            auto change = state.begin();
            outbox.enqueue({.id = event.id, .key = event.key, .document = to_json(event).text()}, now);
            change.commit(store::Durability::power_cut);
        }
    }
}

}  // namespace freshet::run
