// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/task_lookup.hpp"
#include "freshet/clock.hpp"

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

/// An alert of the front page.
struct Alert {
    std::string severity{};  ///< "error" or "warning"; "" at a luigid
    std::string label{};
    std::string text{};
    std::string detail{};
};

/// A scheduler at a glance.
struct SchedulerStatus {
    std::vector<std::pair<rpc::Status, std::int64_t>> counts{};  ///< of tasks in each state, but zeros
    Json queue{};                                                ///< as rpc::QueueStatus is answered; null at a luigid
    bool is_paused = false;
    std::size_t workers = 0;
    std::vector<Problem> problems{};  ///< the first FAILED and DISABLED tasks
    std::vector<Alert> alerts{};      ///< of the front page
};

SchedulerStatus read_status(cli::SchedulerAccess& scheduler, Time now);

/// Lines for people.
std::string text_of(const SchedulerStatus& status, const cli::SchedulerAccess& scheduler);

Json json_of(const SchedulerStatus& status, const cli::SchedulerAccess& scheduler);

}  // namespace freshet::operate
