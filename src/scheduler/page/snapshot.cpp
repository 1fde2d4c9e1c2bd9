// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/snapshot.hpp"

#include "base/text.hpp"
#include "scheduler/page/bounds.hpp"
#include "scheduler/selection.hpp"
#include "scheduler/shortage.hpp"

#include <map>
#include <set>
#include <tuple>

namespace freshet::scheduler::page {

namespace {

void take_counts(const Board& board, Snapshot& snapshot) {
    const Index& index = board.tasks.index();
    for (std::size_t i = 0; i < snapshot.counts.size(); ++i) snapshot.counts[i] = index.count(static_cast<Status>(i));
    snapshot.total = index.count();
}

RunningTask running_task(const Board& board, const Task& task) {
    const Details& more = details(task);
    return {.task = ref_of(task),
            .since = task.time_running,
            .worker = task.runner ? shortened(*task.runner, longest_text) : "",
            .attempt = task.attempts,
            .batch = task.batch ? board.tasks.index().members_of(task.batch).size() : 0,
            .progress = percentage(more.progress_percentage),
            .message = shortened(more.status_message.value_or(""), longest_text),
            .tracking_url = more.tracking_url && more.tracking_url->size() <= longest_text ? *more.tracking_url : ""};
}

/// What runs longest comes first: there a hang is found.
void take_running(const Board& board, Snapshot& snapshot) {
    const Ranks& running = board.tasks.index().running();
    std::vector<std::pair<Time, TaskId>> since;
    for (auto rank = running.begin(); rank != running.end() && since.size() < most_scanned; ++rank)
        since.emplace_back(board.tasks[rank->task].time_running, rank->task);
    std::ranges::sort(since);
    if (since.size() > most_running) since.resize(most_running);
    for (const auto& [time, id] : since) snapshot.running.items.push_back(running_task(board, board.tasks[id]));
    snapshot.running.total = running.size();
}

WorkerLine worker_line(const Board& board, const Worker& worker, Time now) {
    const Json& first = fact(worker, "first_task");
    const auto id = first.is_string() ? board.tasks.find(first.as_string()) : std::nullopt;
    return {.name = shortened(*worker.name, longest_text),
            .host = shortened(worker.host, longest_text),
            .is_disabled = worker.disabled,
            .is_silent = now - worker.last_active > board.config.worker_disconnect_delay / 2,
            .is_assistant = is_assistant(worker),
            .running = board.tasks.index().running_of(worker.name).size(),
            .slots = slots(worker),
            .started = worker.started,
            .last_active = worker.last_active,
            .first_task = id ? shown_name(board.tasks[*id]) : std::string()};
}

void take_workers(const Board& board, Snapshot& snapshot) {
    for (const auto& [name, worker] : board.workers.all()) {
        if (snapshot.workers.items.size() == most_scanned) break;
        snapshot.workers.items.push_back(worker_line(board, worker, snapshot.taken));
    }
    snapshot.workers.total = board.workers.all().size();
    snapshot.patience = std::chrono::duration_cast<Time::duration>(board.config.worker_disconnect_delay);
    const auto rank = [](const WorkerLine& line) {
        return std::tuple(!line.is_silent, !line.is_disabled, -static_cast<std::ptrdiff_t>(line.running), line.name);
    };
    keep_first(snapshot.workers, most_workers, [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

void take_resources(const Board& board, Snapshot& snapshot) {
    std::map<std::string, ResourceLine> lines;
    const wire::Resources& held = board.tasks.index().used();
    const auto add = [&](const std::string& name) {
        lines[name] = {.name = shortened(name, longest_text),
                       .used = taken_of(board, held, name, snapshot.taken),
                       .limit = limit_of(board, name),
                       .is_rate = board.rates.has(name)};
    };
    for (const auto& [name, limit] : board.limits) add(name);
    for (const auto& [name, amount] : held) add(name);
    snapshot.resources.total = lines.size();
    for (auto& [name, line] : lines) snapshot.resources.items.push_back(std::move(line));
    const auto fullness = [](const ResourceLine& line) {
        return line.limit > 0 ? static_cast<double>(line.used) / static_cast<double>(line.limit) : 0;
    };
    keep_first(snapshot.resources, most_resources, [&](const auto& a, const auto& b) {
        return std::tuple(-fullness(a), a.name) < std::tuple(-fullness(b), b.name);
    });
}

void take_families(const Board& board, Snapshot& snapshot) {
    const auto& families = board.tasks.index().families();
    for (const auto& [name, tally] : families) {
        if (snapshot.families.items.size() == most_scanned) break;
        snapshot.families.items.push_back({shortened(*name, longest_text), tally.by_status});
    }
    snapshot.families.total = families.size();
    const auto trouble = [](const FamilyLine& line) {
        return line.counts[static_cast<std::size_t>(Status::failed)] +
               line.counts[static_cast<std::size_t>(Status::disabled)];
    };
    keep_first(snapshot.families, most_families, [&](const auto& a, const auto& b) {
        return std::tuple(trouble(b), a.name) < std::tuple(trouble(a), b.name);
    });
}

}  // namespace

Snapshot take_snapshot(const Board& board, Time now) {
    Snapshot snapshot{.taken = now, .is_paused = board.paused};
    take_counts(board, snapshot);
    take_stuck(board, snapshot);
    take_queues(board, snapshot);
    take_running(board, snapshot);
    take_holders(board, snapshot);
    take_roots(board, snapshot);
    take_workers(board, snapshot);
    take_resources(board, snapshot);
    take_families(board, snapshot);
    return snapshot;
}

}  // namespace freshet::scheduler::page
