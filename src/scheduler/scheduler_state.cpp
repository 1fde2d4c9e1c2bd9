// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/scheduler_state.hpp"

namespace freshet::scheduler {

namespace {

// A start skips what its predecessor had reserved, so that not every lease is a write of its own.
constexpr rpc::LeaseToken lease_block = 10'000;

}  // namespace

ResourceRequest SchedulerState::held_resources(const ResourceRequest& request) {
    if (rate_limiter.empty() || request->empty()) return request;
    rpc::Resources resources = *request;
    std::erase_if(resources, [&](const auto& need) { return rate_limiter.has(need.first); });
    return tasks.resource_request(resources);
}

Time saturating_add(Time time, Seconds duration) {
    if (duration >= never - time) return never;
    return time + std::chrono::duration_cast<Time::duration>(duration);
}

rpc::LeaseToken next_lease(SchedulerState& state) {
    if (++state.last_lease > state.reserved_leases) {
        state.reserved_leases = state.last_lease + lease_block;
        state.settings_changed = true;
    }
    return state.last_lease;
}

}  // namespace freshet::scheduler
