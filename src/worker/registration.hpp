// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/event.hpp"
#include "freshet/task.hpp"
#include "rpc/task_requests.hpp"
#include "worker/plan.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace freshet::worker {

/// What the scheduler is told of a task of the plan: DONE when it is complete, UNKNOWN when it could not be looked at.
rpc::AddTask registration(const Plan& plan, std::size_t node, const std::string& worker);

/// A report on an attempt at the task, with what the scheduler wants to be told again each time.
rpc::AddTask report(const AnyTask& task, rpc::Status status, const std::string& worker);

/// The news that the output of a task that others make is there.
rpc::AddTask external_done(const AnyTask& task, const std::string& worker);

/// The events that a complete task announced when it ran, with the ids they had then: from its outputs' receipts.
std::vector<Event> receipt_events(const AnyTask& task);

/// How many of these tasks, from the first on, one call may register: a server reads no body of any size, and answers
/// nobody else meanwhile. At least one.
std::size_t first_chunk_size(std::span<const rpc::AddTask> tasks);

}  // namespace freshet::worker
