// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/metrics.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "scheduler/page/exposition.hpp"
#include "scheduler/shortage.hpp"

#include <fmt/format.h>

#include <optional>

namespace freshet::scheduler::page {

namespace {

constexpr std::size_t most_resources_counted = 1000;

double number(std::uint64_t count) { return static_cast<double>(count); }

void write_state(Exposition& out, const Figures& figures) {
    out.family("freshet_tasks", "gauge", "Tasks that the scheduler knows, by state.");
    for (const Status status : {Status::pending, Status::running, Status::batch_running, Status::done, Status::failed,
                                Status::disabled, Status::unknown})
        out.sample({{"state", lower(wire::text(status))}}, number(figures.counts[static_cast<std::size_t>(status)]));
    out.family("freshet_scheduler_paused", "gauge", "1 while the scheduler hands out nothing.");
    out.sample({}, figures.is_paused);
    out.family("freshet_workers", "gauge", "Workers that have been heard of lately.");
    out.sample({}, number(figures.workers));
    out.family("freshet_resource_used", "gauge",
               "Units of a resource that running tasks hold; of a rate, those handed out within a minute.");
    for (const ResourceLine& line : figures.resources)
        out.sample({{"resource", line.name}}, static_cast<double>(line.used));
    out.family("freshet_resource_limit", "gauge", "Units of a resource that there are.");
    for (const ResourceLine& line : figures.resources)
        out.sample({{"resource", line.name}}, static_cast<double>(line.limit));
}

void write_attempts(Exposition& out, const Figures& figures) {
    out.family("freshet_task_attempts_total", "counter",
               "Attempts that ended, by family of tasks and by how they ended.");
    for (const auto& [family, past] : figures.families) {
        out.sample({{"task", family}, {"result", "done"}}, number(past.done));
        out.sample({{"task", family}, {"result", "failed"}}, number(past.failed));
        out.sample({{"task", family}, {"result", "lost"}}, number(past.lost));
        out.sample({{"task", family}, {"result", "given_back"}}, number(past.given_back));
    }
    out.family("freshet_task_retries_total", "counter", "Failures after which the task is tried again, by class.");
    for (std::size_t i = 0; i <= FamilyPast::unclassified; ++i) {
        std::uint64_t sum = 0;
        for (const auto& [family, past] : figures.families) sum += past.retries[i];
        out.sample({{"class", i < FamilyPast::unclassified ? wire::failure_texts[i] : "unclassified"}}, number(sum));
    }
    out.family("freshet_lease_expired_total", "counter", "Leases that ended since their worker was silent.");
    out.sample({}, number(figures.leases_expired));
}

/// `times` has its bounds, and how many were up to each.
template <class Times>
void write_histogram(Exposition& out, const Times& times, std::optional<std::string_view> family) {
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

void write_durations(Exposition& out, const Figures& figures) {
    out.family("freshet_task_duration_seconds", "histogram", "How long attempts took that ended well.");
    for (const auto& [family, past] : figures.families) write_histogram(out, past.durations, family);
}

void write_loop(Exposition& out, const LoopTimes& times) {
    out.family("freshet_scheduler_loop_seconds", "histogram", "How long the rounds of the scheduler's thread took.");
    write_histogram(out, times, std::nullopt);
}

/// A time that never was has no sample: one at 1970 would read as half a century of delay.
void write_time(Exposition& out, const std::string& family, Time time) {
    if (time != never) out.sample({{"task", family}}, epoch_seconds(time));
}

void write_jobs(Exposition& out, const Figures& figures) {
    out.family("freshet_job_last_success_timestamp_seconds", "gauge",
               "When a task that nothing depends on was last done.");
    for (const auto& [family, past] : figures.families) write_time(out, family, past.last_success);
    out.family("freshet_job_last_completion_timestamp_seconds", "gauge",
               "When an attempt at a task that nothing depends on last ended, well or not.");
    for (const auto& [family, past] : figures.families) write_time(out, family, past.last_completion);
    out.family("freshet_job_last_duration_seconds", "gauge",
               "How long the last success took, from the registration of its task.");
    for (const auto& [family, past] : figures.families)
        if (past.last_success != never) out.sample({{"task", family}}, Seconds(past.last_duration).count());
}

void write_outbox(Exposition& out, const std::vector<store::Backlog>& backlogs) {
    out.family("freshet_outbox_pending", "gauge", "Events that wait for a sink.");
    for (const store::Backlog& backlog : backlogs)
        out.sample({{"sink", backlog.sink}}, static_cast<double>(backlog.pending));
    out.family("freshet_outbox_oldest_timestamp_seconds", "gauge", "Since when the oldest of them waits, if any does.");
    for (const store::Backlog& backlog : backlogs)
        if (backlog.pending > 0) out.sample({{"sink", backlog.sink}}, epoch_seconds(backlog.oldest_stored));
}

}  // namespace

Figures take_figures(const Board& board, Time now) {
    Figures figures{.is_paused = board.paused,
                    .workers = board.workers.all().size(),
                    .leases_expired = board.chronicle.leases_expired()};
    const Index& index = board.tasks.index();
    for (std::size_t i = 0; i < figures.counts.size(); ++i) figures.counts[i] = index.count(static_cast<Status>(i));
    for (const auto& [name, limit] : board.limits) {
        if (figures.resources.size() == most_resources_counted) break;
        figures.resources.push_back({.name = name, .used = taken_of(board, index.used(), name, now), .limit = limit});
    }
    figures.families.insert(board.chronicle.families().begin(), board.chronicle.families().end());
    for (const auto& [name, tally] : index.families())
        if (figures.families.size() < Chronicle::most_families && !name->empty()) figures.families.try_emplace(*name);
    return figures;
}

std::string metrics(const Figures& figures, const Beside& beside) {
    Exposition out;
    out.family("freshet_build_info", "gauge", "The version that runs, as a label of 1.");
    out.sample({{"version", beside.version}}, 1);
    write_state(out, figures);
    write_attempts(out, figures);
    write_durations(out, figures);
    write_jobs(out, figures);
    write_outbox(out, beside.backlogs);
    write_loop(out, beside.loop_times);
    out.family("freshet_scheduler_refused_total", "counter",
               "Requests that were told to come back, since the disk was full.");
    out.sample({}, number(beside.refused));
    return out.text();
}

}  // namespace freshet::scheduler::page
