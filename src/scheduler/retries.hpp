// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/config.hpp"
#include "scheduler/task.hpp"

#include <cstdint>

namespace freshet::scheduler {

/// Records a failed attempt and its retry time in the task, and returns its new status: FAILED, or DISABLED after too
/// many failures, of whatever class but not_ready and throttled. `failure` may be null: an unclassified failure is
/// retried by Luigi's rules. `seed` is that of the jitter.
Status next_status(const Config& config, std::uint64_t seed, Task& task, const rpc::Failure* failure, Time now);

/// The retry time after an unclassified failure at `now`; `never` where the configuration disables retries.
Time retry_time(const Config& config, Time now);

/// Clears the failures that count towards DISABLED.
void clear_failures(Task& task);

}  // namespace freshet::scheduler
