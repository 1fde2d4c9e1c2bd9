// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/loop_times.hpp"
#include "scheduler/page/snapshot.hpp"
#include "store/outbox.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace freshet::scheduler::page {

/// The scheduler's numbers, copied on its thread; bounded by the families that its chronicle remembers.
struct Figures {
    StatusCounts counts{};
    bool is_paused = false;
    std::size_t workers = 0;
    std::vector<ResourceLine> resources{};
    std::uint64_t leases_expired = 0;
    std::map<std::string, FamilyPast> families{};
};

/// To be called on the scheduler's thread.
Figures take_figures(const Board& board, Time now);

/// What the metrics tell besides.
struct Beside {
    std::string version{};
    std::vector<store::Backlog> backlogs{};  ///< events that wait for their sinks
    LoopTimes loop_times{};
    std::uint64_t refused = 0;  ///< requests that were told to come back
};

/// All of it in the text format of Prometheus; every series is there from the start, at zero.
std::string metrics(const Figures& figures, const Beside& beside);

}  // namespace freshet::scheduler::page
