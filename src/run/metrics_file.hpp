// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/exit_status.hpp"
#include "freshet/json.hpp"
#include "freshet/metrics.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace freshet::run {

/// The end of a run of a job, which fcron or another timer starts again and again.
struct JobMetrics {
    /// Labels of every sample, which tell the job from all others of the machine: node_exporter rejects equal series.
    std::vector<std::pair<std::string, std::string>> labels{};
    ExitStatus status = ExitStatus::success;
    bool is_complete = true;  ///< everything was complete, whatever became of its events
    Time started{};
    Time ended{};
    Json::Object tasks{};                               ///< counts by state; none when the run ended early
    std::optional<std::filesystem::path> state{};       ///< whose outbox has the job's events
    std::function<void(MetricsWriter& out)> add_own{};  ///< adds the program's metrics
};

/// Writes the metrics of a run that has ended into a file for the textfile collector of node_exporter, which takes
/// files whose name ends in ".prom". Replaces the file atomically, with mode 0644. Makes its folder when it is missing.
///
///     job_last_success_unixtime       everything was complete, delivered or not; else that of the earlier file
///     job_last_completion_unixtime    the run ended
///     job_duration_seconds            from start to end
///     job_exit_status                 as listed in --help
///     job_tasks{state}                as counted in the summary
///     freshet_outbox_pending{sink,outbox}
///                                     events that the sink does not have yet
///     freshet_outbox_dead{sink,outbox}
///                                     events that it has refused too often
///     freshet_outbox_oldest_timestamp_seconds{sink,outbox}
///                                     when the oldest pending one was stored
///     freshet_outbox_read_timestamp_seconds{outbox}
///                                     when these were read from the state: of several jobs the last one knows
///
/// A time that never was has no sample: 1970 would read as half a century of delay.
///
/// Runs of one job may overlap: the file is that of the run that ended last. A run that is killed leaves the file of
/// the run before it, whose times grow old.
///
/// Returns the reason why the events are not in it, the outbox's; empty when they are. Throws Error when the file
/// cannot be written.
std::string write_metrics_file(const std::filesystem::path& file, const JobMetrics& job);

/// Returns whether the file has the metrics of another job than that of these labels, which it would lose.
bool is_of_other_job(const std::filesystem::path& file, const std::vector<std::pair<std::string, std::string>>& labels);

}  // namespace freshet::run
