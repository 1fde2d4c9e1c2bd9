// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "scheduler/loop_times.hpp"
#include "store/outbox.hpp"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::dashboard {

/// Numbers in the text format of Prometheus, family by family.
class PrometheusWriter {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    /// Begins a family; `type` is counter, gauge or histogram.
    void family(std::string_view name, std::string_view type, std::string_view help);
    /// A sample of the family begun last; `suffix` is for the parts of a histogram.
    void sample(Labels labels, double value, std::string_view suffix = "");

    const std::string& text() const { return text_; }

private:
    std::string name_;
    std::string text_;
};

/// The scheduler's numbers, copied on its thread; bounded by the families that its family stats remember.
struct MetricsSnapshot {
    StatusCounts counts{};
    bool is_paused = false;
    std::size_t workers = 0;
    std::vector<ResourceLine> resources{};
    std::uint64_t leases_expired = 0;
    std::map<std::string, scheduler::FamilyStats> families{};
};

/// To be called on the scheduler's thread.
MetricsSnapshot take_metrics_snapshot(const SchedulerState& state, Time now);

/// What the metrics tell besides.
struct MetricsOptions {
    std::string version{};
    std::vector<store::Backlog> backlogs{};  ///< events that wait for their sinks
    scheduler::LatencyHistogram tick_latency{};
    std::uint64_t rejected_requests = 0;  ///< requests that were told to come back
};

/// All of it in the text format of Prometheus; every series is there from the start, at zero.
std::string prometheus_text(const MetricsSnapshot& snapshot, const MetricsOptions& options);

}  // namespace freshet::dashboard
