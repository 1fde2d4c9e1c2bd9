// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/task_requests.hpp"
#include "scheduler/config.hpp"
#include "scheduler/task.hpp"

#include <cstdint>

namespace freshet::scheduler {

/// Notes in the task that an attempt failed and when it is tried again, and returns its new status: FAILED, or
/// DISABLED after too many failures. `failure` may be null: Luigi's rules hold for a failure of no known class.
Status next_status(const Config& config, std::uint64_t seed, Task& task, const rpc::Failure* failure, Time now);

/// When a task that failed at `now` for no known reason is tried again; never, where the configuration says so.
Time retry_time(const Config& config, Time now);

/// Forgets all failures.
void clear_failures(Task& task);

}  // namespace freshet::scheduler
