// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/queue_status.hpp"

#include "scheduler/selection.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace freshet::scheduler {

namespace {

constexpr int max_priorities = 100;  // looked at in each queue for its oldest task: they may be as many as tasks

/// True for tasks that the workers in question run. One that all workers know as external is run by those that ask for
/// its family.
bool is_meant(const rpc::QueueStatus& request, const ReadyQueue& queue) {
    if (request.families.empty()) return queue.runnable;
    return std::ranges::count(request.families, *queue.family) > 0;
}

/// The earliest registration among the first tasks of each priority.
Time oldest_in(const SchedulerState& state, const RankedTasks& tasks) {
    Time oldest = never;
    auto next = tasks.begin();
    for (int i = 0; next != tasks.end() && i < max_priorities; ++i) {
        oldest = std::min(oldest, state.tasks[next->task].updated);
        next = tasks.upper_bound({.priority = next->priority,
                                  .sequence = std::numeric_limits<std::uint64_t>::max(),
                                  .task = TaskId{std::numeric_limits<std::uint32_t>::max()}});
    }
    return oldest;
}

std::size_t count_running(const TaskIndex& index, const std::vector<std::string>& families) {
    if (families.empty()) return index.count(Status::running) + index.count(Status::batch_running);
    std::size_t running = 0;
    for (const auto& [family, counts] : index.families())
        if (std::ranges::count(families, *family) > 0)
            running += counts.count(Status::running) + counts.count(Status::batch_running);
    return running;
}

}  // namespace

QueuedTasks count_queued(const SchedulerState& state, const rpc::QueueStatus& request, Time now) {
    const TaskIndex& index = state.tasks.index();
    QueuedTasks queued;
    for (const auto& [key, queue] : index.ready().all()) {
        if (!is_meant(request, queue)) continue;
        if (!fits(state, *queue.resources, index.used(), now)) {
            queued.held_up += queue.tasks.size();
            continue;
        }
        queued.ready += queue.tasks.size();
        queued.oldest = std::min(queued.oldest, oldest_in(state, queue.tasks));
    }
    return queued;
}

Json queue_status(const SchedulerState& state, const rpc::QueueStatus& request, Time now) {
    const QueuedTasks queued = count_queued(state, request, now);
    const Seconds waited = queued.oldest == never ? Seconds{0} : std::max(Seconds{0}, Seconds(now - queued.oldest));
    return Json::Object{{"ready", queued.ready},
                        {"oldest", waited.count()},
                        {"held_up", queued.held_up},
                        {"running", count_running(state.tasks.index(), request.families)},
                        {"paused", state.paused}};
}

}  // namespace freshet::scheduler
