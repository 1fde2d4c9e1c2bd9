// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_lists.hpp"

#include <algorithm>
#include <utility>

namespace freshet::scheduler {

void SwapRemovePositions::insert(TaskList& list, TaskId task) {
    const auto number = static_cast<std::size_t>(task);
    if (positions_.size() <= number) positions_.resize(number + 1);
    positions_[number] = static_cast<std::uint32_t>(list.size());
    list.push_back(task);
}

void SwapRemovePositions::erase(TaskList& list, TaskId task) {
    const std::uint32_t position = positions_[static_cast<std::size_t>(task)];
    list[position] = list.back();
    positions_[static_cast<std::size_t>(list[position])] = position;
    list.pop_back();
}

void IntrusiveLinks::add(IntrusiveList& list, TaskId task, std::uint64_t sequence) {
    if (links_.size() <= static_cast<std::size_t>(task)) links_.resize(static_cast<std::size_t>(task) + 1);
    if (at(task).newer != unlinked) return;
    const bool is_newest = sequence > list.newest_ever;
    at(task) = is_newest ? Link{no_task, list.newest} : Link{list.oldest, no_task};
    if (list.size == 0)
        list.newest = list.oldest = task;
    else if (is_newest)
        at(std::exchange(list.newest, task)).newer = task;
    else
        at(std::exchange(list.oldest, task)).older = task;
    list.newest_ever = std::max(list.newest_ever, sequence);
    ++list.size;
}

void IntrusiveLinks::remove(IntrusiveList& list, TaskId task) {
    if (links_.size() <= static_cast<std::size_t>(task) || at(task).newer == unlinked) return;
    const Link link = std::exchange(at(task), Link{});
    (link.newer == no_task ? list.newest : at(link.newer).older) = link.older;
    (link.older == no_task ? list.oldest : at(link.older).newer) = link.newer;
    --list.size;
}

std::vector<TaskId> IntrusiveLinks::first(const IntrusiveList& list, std::size_t limit) const {
    std::vector<TaskId> tasks;
    for (TaskId task = list.newest; task != no_task && tasks.size() < limit;
         task = links_[static_cast<std::size_t>(task)].older)
        tasks.push_back(task);
    return tasks;
}

}  // namespace freshet::scheduler
