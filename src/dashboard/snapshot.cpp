// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/snapshot.hpp"

#include "freshet/text.hpp"
#include "scheduler/resources.hpp"
#include "scheduler/selection.hpp"

#include <map>
#include <set>
#include <tuple>

namespace freshet::dashboard {

namespace {

void take_counts(const SchedulerState& state, Snapshot& snapshot) {
    const scheduler::TaskIndex& index = state.tasks.index();
    for (std::size_t i = 0; i < snapshot.counts.size(); ++i) snapshot.counts[i] = index.count(static_cast<Status>(i));
    snapshot.total = index.count();
}

RunningTask running_task(const SchedulerState& state, const Task& task) {
    const scheduler::Details& more = details(task);
    return {
        .task = ref_of(task),
        .since = task.time_running,
        .worker = task.worker_running ? shortened(*task.worker_running, max_text_length) : "",
        .attempt = task.attempts,
        .batch = task.batch ? state.tasks.index().batch_members(task.batch).size() : 0,
        .progress = percentage(more.progress_percentage),
        .message = shortened(more.status_message.value_or(""), max_text_length),
        .tracking_url = more.tracking_url && more.tracking_url->size() <= max_text_length ? *more.tracking_url : ""};
}

/// Adds running tasks, the longest running first, so that a hang is visible.
void take_running(const SchedulerState& state, Snapshot& snapshot) {
    const scheduler::RankedTasks& running = state.tasks.index().running();
    std::vector<std::pair<Time, TaskId>> since;
    for (auto rank = running.begin(); rank != running.end() && since.size() < max_scanned; ++rank)
        since.emplace_back(state.tasks[rank->task].time_running, rank->task);
    std::ranges::sort(since);
    if (since.size() > max_running) since.resize(max_running);
    for (const auto& [time, id] : since) snapshot.running.items.push_back(running_task(state, state.tasks[id]));
    snapshot.running.total = running.size();
}

/// A silent worker that runs nothing has ended: most programs do not say so.
bool is_known_to_live(const SchedulerState& state, const scheduler::Worker& worker, Time now) {
    return !scheduler::is_silent(state, worker, now) || !state.tasks.index().running_of(worker.name).empty();
}

WorkerLine worker_line(const SchedulerState& state, const scheduler::Worker& worker, Time now) {
    const Json& first = info_value(worker, "first_task");
    const auto id = first.is_string() ? state.tasks.find(first.as_string()) : std::nullopt;
    return {.name = shortened(*worker.name, max_text_length),
            .host = shortened(worker.host, max_text_length),
            .is_disabled = worker.disabled,
            .is_silent = scheduler::is_silent(state, worker, now),
            .is_assistant = is_assistant(worker),
            .running = state.tasks.index().running_of(worker.name).size(),
            .slots = slots(worker),
            .started = worker.started,
            .last_active = worker.last_active,
            .first_task = id ? shown_name(state.tasks[*id]) : std::string()};
}

void take_workers(const SchedulerState& state, Snapshot& snapshot) {
    snapshot.workers = worker_lines(state, max_workers, snapshot.taken);
    snapshot.worker_timeout = std::chrono::duration_cast<Time::duration>(state.config.worker_disconnect_delay);
}

void take_families(const SchedulerState& state, Snapshot& snapshot) {
    const auto& families = state.tasks.index().families();
    for (const auto& [name, counts] : families) {
        if (snapshot.families.items.size() == max_scanned) break;
        snapshot.families.items.push_back({shortened(*name, max_text_length), counts.by_status});
    }
    snapshot.families.total = families.size();
    const auto failures = [](const FamilyLine& line) {
        return line.counts[static_cast<std::size_t>(Status::failed)] +
               line.counts[static_cast<std::size_t>(Status::disabled)];
    };
    keep_first(snapshot.families, max_families, [&](const auto& a, const auto& b) {
        return std::tuple(failures(b), a.name) < std::tuple(failures(a), b.name);
    });
}

}  // namespace

std::optional<TaskRef> cause_of(const SchedulerState& state, TaskId task) {
    const auto cause = scheduler::blocking_task(state, task);
    return cause ? std::optional(ref_of(state.tasks[*cause])) : std::nullopt;
}

TaskNames take_names(const SchedulerState& state, const std::set<std::string>& ids) {
    TaskNames names;
    for (const std::string& id : ids)
        if (const auto task = state.tasks.find(id)) names.emplace(id, shown_name(state.tasks[*task]));
    return names;
}

TaskRef ref_of(const TaskNames& names, const std::string& id) {
    const auto name = names.find(id);
    return {.id = id, .name = name == names.end() ? shortened(id, max_text_length) : name->second};
}

TruncatedList<WorkerLine> worker_lines(const SchedulerState& state, std::size_t most, Time now) {
    TruncatedList<WorkerLine> workers;
    for (const auto& [name, worker] : state.workers.all()) {
        if (!is_known_to_live(state, worker, now)) continue;
        ++workers.total;
        if (workers.items.size() < max_scanned) workers.items.push_back(worker_line(state, worker, now));
    }
    const auto rank = [](const WorkerLine& line) {
        return std::tuple(!line.is_silent, !line.is_disabled, -static_cast<std::ptrdiff_t>(line.running), line.name);
    };
    keep_first(workers, most, [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return workers;
}

TruncatedList<ResourceLine> resource_lines(const SchedulerState& state, std::size_t most, Time now) {
    std::map<std::string, ResourceLine> lines;
    const rpc::Resources& held = state.tasks.index().used();
    const auto add = [&](const std::string& name) {
        lines[name] = {.name = shortened(name, max_text_length),
                       .used = used_amount(state, held, name, now),
                       .limit = scheduler::limit_of(state.limits, name),
                       .is_rate = state.rate_limiter.has(name)};
    };
    for (const auto& [name, limit] : state.limits) add(name);
    for (const auto& [name, amount] : held) add(name);
    TruncatedList<ResourceLine> resources{.total = lines.size()};
    for (auto& [name, line] : lines) resources.items.push_back(std::move(line));
    const auto fullness = [](const ResourceLine& line) {
        return line.limit > 0 ? static_cast<double>(line.used) / static_cast<double>(line.limit) : 0;
    };
    keep_first(resources, most, [&](const auto& a, const auto& b) {
        return std::tuple(-fullness(a), a.name) < std::tuple(-fullness(b), b.name);
    });
    return resources;
}

Snapshot take_snapshot(const SchedulerState& state, Time now) {
    Snapshot snapshot{.taken = now, .is_paused = state.paused};
    take_counts(state, snapshot);
    take_stalled(state, snapshot);
    take_ready_groups(state, snapshot);
    take_running(state, snapshot);
    take_blockers(state, snapshot);
    take_recent_runs(state, snapshot);
    take_workers(state, snapshot);
    snapshot.resources = resource_lines(state, max_resources, now);
    take_families(state, snapshot);
    return snapshot;
}

}  // namespace freshet::dashboard
