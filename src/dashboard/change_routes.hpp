// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "dashboard/cached_copy.hpp"
#include "scheduler/executor.hpp"
#include "store/attempt_log_store.hpp"

#include <vector>

/// The routes that change something.
namespace freshet::dashboard {

/// Returns POST /api/v1/task/<id>/<action> of each action, for the role operate: the RPC that the form of the task's
/// page calls, audited under its name. 404 without such a task, 409 if it does not apply to the task's state, 400 for a
/// wrong argument. The executor outlives the routes.
std::vector<api::Route> task_action_routes(scheduler::Executor& executor, const Inspect& inspect);

/// Returns POST /api/v1/task/<id>/log?attempt=N&run=ID&position=P, with which a worker sends the next part of a log as
/// it is. 503 while too much waits to be written. `logs` outlives the route.
api::Route attempt_log_route(store::AttemptLogStore& logs);

}  // namespace freshet::dashboard
