// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/scheduler_state.hpp"

#include <string>

namespace freshet::scheduler {

/// Returns a new fencing token, greater than all before, also across restarts.
rpc::LeaseToken next_lease(SchedulerState& state);

/// The expiry of a lease renewed at `now`.
Time lease_expiry(const SchedulerState& state, Time now);

/// Validity of a report with a lease.
enum class LeaseCheck {
    valid,       ///< the attempt is running
    duplicate,   ///< reported before: the response was lost
    superseded,  ///< a later attempt has started
};
LeaseCheck check_lease(const SchedulerState& state, const rpc::AddTask& report);

/// The reason for rejecting a superseded report, in one sentence.
std::string rejection_reason(const SchedulerState& state, const rpc::AddTask& report);

// Both record a heartbeat of the worker.
rpc::LeaseState renew_lease(SchedulerState& state, const rpc::RenewLease& request, Time now);
rpc::LeaseState holds_lease(SchedulerState& state, const rpc::HoldsLease& request, Time now);

}  // namespace freshet::scheduler
