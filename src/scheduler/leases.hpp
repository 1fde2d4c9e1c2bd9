// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/scheduler_state.hpp"

#include <optional>
#include <string>

namespace freshet::scheduler {

/// Makes the tokens of a new state greater than those that were given on another one, which is gone or of another
/// program: an output outside this machine remembers the token of the attempt that made it.
void start_leases(SchedulerState& state, Time now);

/// Returns a new fencing token, greater than all before, also across restarts.
rpc::LeaseToken next_lease(SchedulerState& state);

/// The expiry of a lease renewed at `now`: worker_disconnect_delay later, when its worker counts as silent.
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

// These record a heartbeat of the worker. An attempt that was ended because its worker was silent goes on, unless
// another attempt at the task has started: nothing that is finished is lost by a silence alone.

/// Extends the lease of an attempt that is running, or that was lost to a silence alone.
rpc::LeaseState renew_lease(SchedulerState& state, const rpc::RenewLease& request, Time now);
/// As renew_lease(), for an attempt that is about to publish. The lease is also held if the task was completed without
/// another attempt.
rpc::LeaseState holds_lease(SchedulerState& state, const rpc::HoldsLease& request, Time now);
/// Renews the leases in the request; returns those that are not held any more.
rpc::Leases taken_leases(SchedulerState& state, const rpc::Ping& request, Time now);

/// Makes an unknown task RUNNING again by the worker, so that nobody else gets it: it was removed during the silence of
/// the worker. Call only when no other attempt at it is known to have started.
void restore_attempt(SchedulerState& state, const rpc::HoldsLease& attempt, Time now);

/// The state of a lease as far as it is known without a change: nullopt for an attempt that might go on.
std::optional<rpc::LeaseState> known_lease_state(const SchedulerState& state, const std::string& task_id,
                                                 const std::string& worker, rpc::LeaseToken lease, Time now);

}  // namespace freshet::scheduler
