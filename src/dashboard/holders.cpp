// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/bounds.hpp"

#include <functional>

namespace freshet::scheduler::page {

namespace {

constexpr std::size_t max_running_counted = 10;  // it is done for each page, and may look at many tasks
constexpr std::size_t max_blockers = 3;

void add(const SchedulerState& state, const TaskRef& task, std::vector<BlockingTask>& blockers) {
    if (const auto id = state.tasks.find(task.id)) blockers.push_back({task, count_blocked_by(state.tasks, *id)});
}

}  // namespace

void take_blockers(const SchedulerState& state, Snapshot& snapshot) {
    std::vector<BlockingTask> blockers;
    for (const auto* list : {&snapshot.failed, &snapshot.late})
        for (const StalledTasks& stalled : list->items) blockers.push_back({stalled.task, stalled.blocked});
    for (std::size_t i = 0; i < snapshot.running.items.size() && i < max_running_counted; ++i)
        add(state, snapshot.running.items[i].task, blockers);
    for (const ReadyGroup& group : snapshot.ready_groups) add(state, group.next, blockers);
    std::erase_if(blockers, [](const BlockingTask& blocker) { return blocker.blocked.number == 0; });
    std::ranges::stable_sort(blockers, std::greater(),
                             [](const BlockingTask& blocker) { return blocker.blocked.number; });
    if (blockers.size() > max_blockers) blockers.resize(max_blockers);
    snapshot.blockers = std::move(blockers);
}

}  // namespace freshet::scheduler::page
