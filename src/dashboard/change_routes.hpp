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

/// The POST of an operator's action on a task.
std::vector<api::Route> task_action_routes(scheduler::Executor& executor, const Inspect& inspect);

/// The POST by which a worker appends to the log of an attempt.
api::Route attempt_log_route(store::AttemptLogStore& logs);

}  // namespace freshet::dashboard
