// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/disk.hpp"
#include "dashboard/components.hpp"
#include "dashboard/prometheus.hpp"
#include "dashboard/snapshot.hpp"
#include "freshet/json.hpp"
#include "scheduler/scheduler_loop.hpp"
#include "store/outbox.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace freshet::dashboard {

struct Alert;

/// Content of the front page besides the snapshot.
struct FrontPageOptions {
    std::string version{};
    std::vector<SinkBacklog> backlogs{};              ///< undelivered events per sink
    std::optional<std::chrono::seconds> refresh{};    ///< requested reload interval
    scheduler::RejectedRequests rejected_requests{};  ///< since the start
    scheduler::RejectedRequests refused_changes{};    ///< since the start, for lack of an audit log
    scheduler::Stalls stalls{};                       ///< since the start
    std::optional<Disk> full_disk{};                  ///< that of the state, when it is nearly full
    std::vector<DatasetMetrics> datasets{};
    bool may_operate = false;  ///< the viewer may change tasks
};

/// The whole in one sentence.
struct Health {
    Severity severity = Severity::neutral;
    std::string text{};
    std::string detail{};
};

Health health_of(const Snapshot& snapshot, const std::vector<Alert>& alerts,
                 const std::vector<DatasetMetrics>& datasets);

/// The tasks that wait for other tasks.
std::size_t count_blocked(const Snapshot& snapshot);

/// Renders the front page: health, alerts, running and waiting tasks, recent runs, workers, resources and families.
/// Empty sections are left out.
std::string front_page(const Snapshot& snapshot, const FrontPageOptions& options);
Json overview_json(const Snapshot& snapshot, const FrontPageOptions& options);

}  // namespace freshet::dashboard
