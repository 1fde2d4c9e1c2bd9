// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "scheduler/scheduler_loop.hpp"
#include "store/outbox.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace freshet::scheduler::page {

/// The scheduler's numbers, copied on its thread; bounded by the families that its family stats remember.
struct MetricsSnapshot {
    StatusCounts counts{};
    bool is_paused = false;
    std::size_t workers = 0;
    std::vector<ResourceLine> resources{};
    std::uint64_t leases_expired = 0;
    std::map<std::string, FamilyStats> families{};
};

/// To be called on the scheduler's thread.
MetricsSnapshot take_metrics_snapshot(const SchedulerState& state, Time now);

/// What the metrics tell besides.
struct MetricsOptions {
    std::string version{};
    std::vector<store::Backlog> backlogs{};  ///< events that wait for their sinks
    LatencyHistogram tick_latency{};
    std::uint64_t rejected_requests = 0;  ///< requests that were told to come back
};

/// All of it in the text format of Prometheus; every series is there from the start, at zero.
std::string metrics(const MetricsSnapshot& snapshot, const MetricsOptions& options);

}  // namespace freshet::scheduler::page
