// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "rpc/responses.hpp"
#include "scheduler/scheduler_state.hpp"

namespace freshet::scheduler {

/// Hands out a task, or several as one, or nothing.
rpc::Work get_work(SchedulerState& state, const rpc::GetWork& request, Time now);

/// Whether the request would bring work, leaving out what was lost with an answer.
bool has_work_for(const SchedulerState& state, const rpc::GetWork& request, Time now);
/// Whether nothing is left for the worker, or it is disabled or not known.
bool should_stop_waiting(const SchedulerState& state, const rpc::GetWork& request);

/// How much there still is for the worker, and what is running of what it could run.
rpc::Pending count_pending(const SchedulerState& state, const Worker& worker);

}  // namespace freshet::scheduler
