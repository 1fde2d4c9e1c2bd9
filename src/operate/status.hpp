// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/task_lookup.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace freshet::operate {

/// A task that has failed, and why.
struct Problem {
    cli::KnownTask task;
    std::string why;
};

/// A scheduler at a glance.
struct SchedulerStatus {
    std::vector<std::pair<rpc::Status, std::int64_t>> counts{};  ///< of tasks in each state, but zeros
    Json queue{};                                                ///< as rpc::QueueStatus is answered; null at a luigid
    bool is_paused = false;
    std::size_t workers = 0;
    std::vector<Problem> problems{};
};

SchedulerStatus read_status(cli::SchedulerAccess& scheduler);

/// Lines for people.
std::string text_of(const SchedulerStatus& status, const cli::SchedulerAccess& scheduler);

Json json_of(const SchedulerStatus& status, const cli::SchedulerAccess& scheduler);

}  // namespace freshet::operate
