// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/announced.hpp"

#include "target/receipt.hpp"

#include <algorithm>

namespace freshet::worker {

std::vector<Event> receipt_events(const AnyTask& task) {
    std::vector<Event> events;
    for (const AnyTarget& output : task.outputs()) {
        if (!output.path()) continue;
        const auto receipt = target::read_receipt(*output.path());
        if (!receipt) continue;
        for (const Event& event : receipt->provenance.events)
            if (std::find(events.begin(), events.end(), event) == events.end()) events.push_back(event);
    }
    return events;
}

}  // namespace freshet::worker
