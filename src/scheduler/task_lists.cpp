// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_lists.hpp"

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

}  // namespace freshet::scheduler
