// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/task_requests.hpp"
#include "worker/plan.hpp"

#include <string>

namespace freshet::worker {

/// What the scheduler is told of a task of the plan: DONE when it is complete, UNKNOWN when it could not be looked at.
rpc::AddTask registration(const Plan& plan, std::size_t node, const std::string& worker);

/// A report on an attempt at the task, with what the scheduler wants to be told again each time.
rpc::AddTask report(const AnyTask& task, rpc::Status status, const std::string& worker);

/// The news that the output of a task that others make is there.
rpc::AddTask external_done(const AnyTask& task, const std::string& worker);

}  // namespace freshet::worker
