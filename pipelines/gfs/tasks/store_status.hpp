// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tasks/dataset_status.hpp"
#include "upstream/mirror_health.hpp"

#include "freshet/clock.hpp"
#include "freshet/json.hpp"
#include "freshet/metrics.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// The states of a service in Nagios, from the best to the worst.
enum class Severity { ok, warning, unknown, critical };

/// Returns the exit status by which a plugin tells Nagios the severity: 0 ok, 1 warning, 2 critical, 3 unknown.
int nagios_exit_status(Severity severity);

/// One thing that was examined.
struct StatusFinding {
    Severity severity = Severity::ok;
    std::string subject;  ///< a dataset, "events", "mirrors" or "disk"
    std::string text;     ///< one sentence
};

/// A value that monitoring draws over time.
struct PerformanceValue {
    std::string name;
    std::int64_t value = 0;
    std::string_view unit = "";  ///< "s", "B" or nothing
    std::string warning{};       ///< ranges that are no alert, in Nagios' notation: "3600", "4:"
    std::string critical{};
};

/// The limits from which a finding is a warning or critical. Where both are reached, it is critical.
struct StatusThresholds {
    std::chrono::seconds late_warning{3600};    ///< after upstream usually has a cycle
    std::chrono::seconds late_critical{25200};  ///< one cycle was missed, and the next one is late, too
    std::int64_t gaps_critical = 4;             ///< a day; one gap is a warning
    std::chrono::seconds events_warning{3600};  ///< age of the oldest event that a sink does not have
    std::chrono::seconds events_critical{21600};
    std::int64_t disk_warning = 4;  ///< free room, in cycles of all datasets
    std::int64_t disk_critical = 1;
    std::int64_t cycle_bytes = 250'000'000;  ///< taken for a cycle of all datasets while none is complete
};

/// The objects of an examination.
struct StatusRequest {
    std::filesystem::path root;
    std::vector<std::string> datasets{};  ///< none: all in the store
    ExpectedCycles expected{};
    std::optional<std::filesystem::path> state{};  ///< none: that of the store, if it has one
    std::filesystem::path mirror_records;
    StatusThresholds thresholds{};
};

/// The state of a store.
struct StoreStatus {
    std::vector<DatasetStatus> datasets{};
    std::vector<freshet::SinkBacklog> events{};
    std::map<std::string, MirrorHealth> mirrors{};  ///< by address
    std::filesystem::space_info disk{};
    std::vector<StatusFinding> findings{};
    std::vector<PerformanceValue> performance{};

    Severity severity() const;
};

/// Examines a store, without writing to it. What cannot be examined is a finding of severity unknown.
StoreStatus examine_store(const StatusRequest& request, freshet::Time now);

/// Formats the status for Nagios: one line for the state with the performance data, then a line for each finding.
std::string nagios_text(const StoreStatus& status);

/// Formats the status as JSON.
freshet::Json json_of(const StoreStatus& status, freshet::Time now);

}  // namespace gfs
