// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/prometheus.hpp"

#include "base/time.hpp"
#include "event/delivery.hpp"
#include "freshet/text.hpp"
#include "scheduler/resources.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace freshet::dashboard {

namespace {

constexpr std::size_t max_resources_counted = 1000;

double number(std::uint64_t count) { return static_cast<double>(count); }

void write_state(MetricsWriter& out, const MetricsSnapshot& snapshot) {
    out.family("freshet_tasks", "gauge", "Tasks by state.");
    for (const Status status : {Status::pending, Status::running, Status::batch_running, Status::done, Status::failed,
                                Status::disabled, Status::unknown})
        out.sample({{"state", lower(rpc::text(status))}}, number(snapshot.counts[static_cast<std::size_t>(status)]));
    out.family("freshet_scheduler_paused", "gauge", "1 while the scheduler is paused.");
    out.sample({}, snapshot.is_paused);
    out.family("freshet_workers", "gauge", "Active workers.");
    out.sample({}, number(snapshot.workers));
    out.family("freshet_resource_used", "gauge",
               "Units of a resource held by running tasks; for a rate, units consumed within the last minute.");
    for (const ResourceLine& line : snapshot.resources)
        out.sample({{"resource", line.name}}, static_cast<double>(line.used));
    out.family("freshet_resource_limit", "gauge", "Limit of a resource.");
    for (const ResourceLine& line : snapshot.resources)
        out.sample({{"resource", line.name}}, static_cast<double>(line.limit));
}

void write_attempts(MetricsWriter& out, const MetricsSnapshot& snapshot) {
    out.family("freshet_task_attempts_total", "counter", "Ended attempts by task family and result.");
    for (const auto& [family, stats] : snapshot.families) {
        out.sample({{"task", family}, {"result", "done"}}, number(stats.done));
        out.sample({{"task", family}, {"result", "failed"}}, number(stats.failed));
        out.sample({{"task", family}, {"result", "lost"}}, number(stats.lost));
        out.sample({{"task", family}, {"result", "given_back"}}, number(stats.released));
    }
    out.family("freshet_task_retries_total", "counter", "Failures that are retried, by failure class.");
    for (std::size_t i = 0; i <= scheduler::FamilyStats::unclassified; ++i) {
        std::uint64_t sum = 0;
        for (const auto& [family, stats] : snapshot.families) sum += stats.retries[i];
        out.sample({{"class", i < scheduler::FamilyStats::unclassified ? rpc::failure_texts[i] : "unclassified"}},
                   number(sum));
    }
    out.family("freshet_lease_expired_total", "counter", "Leases that expired because their worker was silent.");
    out.sample({}, number(snapshot.leases_expired));
}

/// Writes a histogram, whose `times` has the bounds and the count in each bucket.
template <class Times>
void write_histogram(MetricsWriter& out, const Times& times, std::optional<std::string_view> family) {
    const auto write = [&](std::string_view bound, double value, std::string_view suffix) {
        if (family && !bound.empty()) return out.sample({{"task", *family}, {"le", bound}}, value, suffix);
        if (family) return out.sample({{"task", *family}}, value, suffix);
        if (!bound.empty()) return out.sample({{"le", bound}}, value, suffix);
        out.sample({}, value, suffix);
    };
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < times.bounds.size(); ++i)
        write(fmt::format("{}", times.bounds[i]), number(sum += times.counts[i]), "_bucket");
    sum += times.counts.back();
    write("+Inf", number(sum), "_bucket");
    write("", times.sum, "_sum");
    write("", number(sum), "_count");
}

void write_durations(MetricsWriter& out, const MetricsSnapshot& snapshot) {
    out.family("freshet_task_duration_seconds", "histogram", "Duration of successful attempts.");
    for (const auto& [family, stats] : snapshot.families) write_histogram(out, stats.durations, family);
}

void write_ticks(MetricsWriter& out, const scheduler::LatencyHistogram& times) {
    out.family("freshet_scheduler_loop_seconds", "histogram", "Duration of the scheduler loop's ticks.");
    write_histogram(out, times, std::nullopt);
}

/// Writes no sample for a time that never was: 1970 would read as half a century of delay.
void write_time(MetricsWriter& out, const std::string& family, Time time) {
    if (time != scheduler::never) out.sample({{"task", family}}, time);
}

void write_jobs(MetricsWriter& out, const MetricsSnapshot& snapshot) {
    out.family("freshet_job_last_success_timestamp_seconds", "gauge", "Time of the last success of a root task.");
    for (const auto& [family, stats] : snapshot.families) write_time(out, family, stats.last_success);
    out.family("freshet_job_last_completion_timestamp_seconds", "gauge",
               "Time when an attempt at a root task last ended.");
    for (const auto& [family, stats] : snapshot.families) write_time(out, family, stats.last_completion);
    out.family("freshet_job_last_duration_seconds", "gauge",
               "Time from registration to completion of the last successful root task.");
    for (const auto& [family, stats] : snapshot.families)
        if (stats.last_success != scheduler::never)
            out.sample({{"task", family}}, scheduler::Seconds(stats.last_duration).count());
}

void write_alerted_tasks(MetricsWriter& out, const MetricsSnapshot& snapshot) {
    constexpr std::array<std::string_view, 4> states = {"", "delayed", "retrying", "needs_operator"};
    out.family("freshet_unresolved_failures", "gauge",
               "Failed tasks without a success or an acknowledgement since, also removed ones.");
    for (const auto& [family, counts] : snapshot.alerted)
        for (std::size_t i = 1; i < states.size(); ++i)
            out.sample({{"task", family}, {"state", states[i]}}, number(counts[i]));
}

/// Adds tasks of a family with an alert; families past the limit are counted as one.
void count_alert(MetricsSnapshot& snapshot, const std::string& family, AlertLevel level, std::size_t tasks) {
    constexpr std::size_t most = scheduler::FamilyStatsTable::max_families;
    const bool fits = snapshot.alerted.contains(family) || snapshot.alerted.size() < most;
    auto& counts = snapshot.alerted[fits ? family : std::string(scheduler::FamilyStatsTable::overflow_family)];
    counts[static_cast<std::size_t>(level)] += tasks;
}

}  // namespace

MetricsSnapshot take_metrics_snapshot(const SchedulerState& state, Time now) {
    MetricsSnapshot snapshot{.is_paused = state.paused,
                             .workers = state.workers.all().size(),
                             .leases_expired = state.family_stats.leases_expired()};
    const scheduler::TaskIndex& index = state.tasks.index();
    for (std::size_t i = 0; i < snapshot.counts.size(); ++i) snapshot.counts[i] = index.count(static_cast<Status>(i));
    for (const auto& [name, limit] : state.limits) {
        if (snapshot.resources.size() == max_resources_counted) break;
        snapshot.resources.push_back(
            {.name = name, .used = used_amount(state, index.used(), name, now), .limit = limit});
    }
    snapshot.families.insert(state.family_stats.families().begin(), state.family_stats.families().end());
    for (const auto& [name, counts] : index.families())
        if (snapshot.families.size() < scheduler::FamilyStatsTable::max_families && !name->empty())
            snapshot.families.try_emplace(*name);
    for (const auto& [name, stats] : snapshot.families) snapshot.alerted.try_emplace(name);
    for (const auto& [key, tasks] : index.alerted()) count_alert(snapshot, *key.family, key.alert_level, tasks.size());
    for (const auto& [id, failure] : state.root_failures.all())
        count_alert(snapshot, failure.family, failure.alert_level, failure.tasks);
    return snapshot;
}

std::string prometheus_text(const MetricsSnapshot& snapshot, const MetricsOptions& options) {
    MetricsWriter out;
    out.family("freshet_build_info", "gauge", "Version, as the label of a constant 1.");
    out.sample({{"version", options.version}}, 1);
    write_state(out, snapshot);
    write_attempts(out, snapshot);
    write_durations(out, snapshot);
    write_jobs(out, snapshot);
    write_alerted_tasks(out, snapshot);
    event::write_metrics(options.backlogs, out);
    write_datasets(out, options.datasets);
    write_ticks(out, options.tick_latency);
    out.family("freshet_scheduler_stalls_total", "counter", "Ticks of the scheduler loop that took longer than 5 s.");
    out.sample({}, number(options.stalls.count));
    out.family("freshet_scheduler_stalled_seconds", "gauge",
               "Time for which the scheduler has answered nobody, from 5 s on; the state's values are older.");
    out.sample({}, static_cast<double>(options.stalls.present.count()));
    out.family("freshet_scheduler_refused_total", "counter",
               "Requests rejected because the state could not be written.");
    out.sample({}, number(options.rejected_requests));
    out.family("freshet_audit_refused_total", "counter",
               "Changes refused because their line in the audit log could not be written.");
    out.sample({}, number(options.refused_changes));
    return out.text();
}

}  // namespace freshet::dashboard
