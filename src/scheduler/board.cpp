// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/board.hpp"

namespace freshet::scheduler {

namespace {

// A start skips what its predecessor had reserved, so that not every lease is a write of its own.
constexpr wire::LeaseToken lease_block = 10'000;

}  // namespace

Demand Board::held(const Demand& demand) {
    if (rates.empty() || demand->empty()) return demand;
    wire::Resources resources = *demand;
    std::erase_if(resources, [&](const auto& need) { return rates.has(need.first); });
    return tasks.demand(resources);
}

Time later(Time time, Seconds duration) {
    if (duration >= never - time) return never;
    return time + std::chrono::duration_cast<Time::duration>(duration);
}

wire::LeaseToken next_lease(Board& board) {
    if (++board.last_lease > board.reserved_leases) {
        board.reserved_leases = board.last_lease + lease_block;
        board.settings_changed = true;
    }
    return board.last_lease;
}

}  // namespace freshet::scheduler
