// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/scheduler_state.hpp"

namespace freshet::scheduler {

/// Assigns a ready task, or several as a batch, to the worker; records its heartbeat.
rpc::Work get_work(SchedulerState& state, const rpc::GetWork& request, Time now);

/// Returns true if the request would be given work now, apart from assignments lost with an earlier response.
bool has_work_for(const SchedulerState& state, const rpc::GetWork& request, Time now);
/// Returns true if nothing is left for the worker, or it is disabled or unknown.
bool should_stop_waiting(const SchedulerState& state, const rpc::GetWork& request);

/// Counts the tasks left for the worker and lists the running ones that it could run.
rpc::Pending count_pending(const SchedulerState& state, const Worker& worker);

}  // namespace freshet::scheduler
