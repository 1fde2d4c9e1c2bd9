// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "freshet/metrics.hpp"
#include "scheduler/scheduler_loop.hpp"
#include "store/outbox.hpp"
#include "store/state_file.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace freshet::dashboard {

/// Metric values copied on the scheduler's thread; bounded by the capacity of its family stats.
struct MetricsSnapshot {
    StatusCounts counts{};
    bool is_paused = false;
    std::size_t workers = 0;
    std::vector<ResourceLine> resources{};
    std::uint64_t leases_expired = 0;
    std::map<std::string, scheduler::FamilyStats> families{};
    std::map<std::string, std::array<std::size_t, 4>> alerted{};  ///< tasks by family and AlertLevel, also removed ones
};

/// Copies the metric values. Call on the scheduler's thread.
MetricsSnapshot take_metrics_snapshot(const SchedulerState& state, Time now);

/// The newest complete cycle of a dataset, as its event of type dev.freshet.dataset.cycle.completed.v1 has it.
struct DatasetMetrics {
    std::string dataset;
    Time cycle{};      ///< nominal time
    Time published{};  ///< time of the event
    std::optional<Time> next_due{};
    double bytes = 0;
    double checks_warned = 0;
};

/// Reads the datasets of the events in the outbox, delivered or not, for as long as retention keeps their documents.
std::vector<DatasetMetrics> read_dataset_metrics(store::StateFile& state);

/// Writes a sample for each dataset in each of their metric families.
void write_datasets(MetricsWriter& out, const std::vector<DatasetMetrics>& datasets);

/// Metric values besides the snapshot.
struct MetricsOptions {
    std::string version{};
    std::vector<SinkBacklog> backlogs{};  ///< undelivered events per sink
    scheduler::LatencyHistogram tick_latency{};
    std::uint64_t rejected_requests = 0;  ///< since the start
    std::uint64_t refused_changes = 0;    ///< since the start, for lack of an audit log
    scheduler::Stalls stalls{};           ///< since the start
    std::vector<DatasetMetrics> datasets{};
};

/// Renders all metrics in the Prometheus text format. Every series is exported from the start, at zero.
std::string prometheus_text(const MetricsSnapshot& snapshot, const MetricsOptions& options);

}  // namespace freshet::dashboard
