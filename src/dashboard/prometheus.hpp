// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "scheduler/scheduler_loop.hpp"
#include "store/outbox.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::dashboard {

/// Writer of the Prometheus text format.
class PrometheusWriter {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    /// Begins a metric family; `type` is counter, gauge or histogram.
    void family(std::string_view name, std::string_view type, std::string_view help);
    /// Adds a sample to the current family; `suffix` names the parts of a histogram.
    void sample(Labels labels, double value, std::string_view suffix = "");

    const std::string& text() const { return text_; }

private:
    std::string name_;
    std::string text_;
};

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

/// Metric values besides the snapshot.
struct MetricsOptions {
    std::string version{};
    std::vector<store::Backlog> backlogs{};  ///< undelivered events per sink
    scheduler::LatencyHistogram tick_latency{};
    std::uint64_t rejected_requests = 0;  ///< since the start
    std::uint64_t refused_changes = 0;    ///< since the start, for lack of an audit log
    scheduler::Stalls stalls{};           ///< since the start
};

/// Renders all metrics in the Prometheus text format. Every series is exported from the start, at zero.
std::string prometheus_text(const MetricsSnapshot& snapshot, const MetricsOptions& options);

}  // namespace freshet::dashboard
