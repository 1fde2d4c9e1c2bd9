// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/board.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

namespace freshet::scheduler {

/// Registers a task, or takes a report about it, by Luigi's rules.
wire::TaskAdded add_task(Board& board, const wire::AddTask& request, Time now);

/// Raises the priority of a task and of all that it depends on to at least this.
void raise_priority(Board& board, TaskId task, double priority);

}  // namespace freshet::scheduler
