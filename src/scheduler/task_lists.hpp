// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task.hpp"

#include <cstdint>
#include <vector>

namespace freshet::scheduler {

/// Tasks, in no order.
using TaskList = std::vector<TaskId>;

/// Where tasks stand in lists, each task in one of them at most: leaving one looks at no other task, and a list costs a
/// task eight bytes, where a set would cost it fifty.
class SwapRemovePositions {
public:
    void insert(TaskList& list, TaskId task);
    /// The last one of the list takes its position.
    void erase(TaskList& list, TaskId task);

private:
    std::vector<std::uint32_t> positions_;
};

}  // namespace freshet::scheduler
