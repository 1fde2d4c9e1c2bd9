// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/scheduler_state.hpp"

#include <string>

namespace freshet::scheduler {

/// A number that no lease had before, also after a restart.
rpc::LeaseToken next_lease(SchedulerState& state);

/// Until when a worker that has just been heard of is trusted.
Time lease_expiry(const SchedulerState& state, Time now);

/// What a report with a lease is worth.
enum class LeaseCheck {
    valid,       ///< the attempt runs
    duplicate,   ///< it was reported before: the answer got lost
    superseded,  ///< another attempt followed it
};
LeaseCheck check_lease(const SchedulerState& state, const rpc::AddTask& report);

/// Why such a report is refused, in one sentence.
std::string rejection_reason(const SchedulerState& state, const rpc::AddTask& report);

/// Both are signs of life.
rpc::LeaseState renew_lease(SchedulerState& state, const rpc::RenewLease& request, Time now);
rpc::LeaseState holds_lease(SchedulerState& state, const rpc::HoldsLease& request, Time now);

}  // namespace freshet::scheduler
