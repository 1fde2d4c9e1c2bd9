// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace freshet::scheduler {

/// Unordered tasks.
using TaskList = std::vector<TaskId>;

/// Positions of tasks in swap-remove lists, each task in one list at most: removal in constant time at eight bytes per
/// task, where a set needs fifty.
class SwapRemovePositions {
public:
    void insert(TaskList& list, TaskId task);
    /// Moves the last task of the list into the gap.
    void erase(TaskList& list, TaskId task);

private:
    std::vector<std::uint32_t> positions_;
};

inline constexpr TaskId no_task{0xffffffff};

/// Ends of an intrusive list of tasks, newest first.
struct IntrusiveList {
    TaskId newest = no_task;
    TaskId oldest = no_task;
    std::uint64_t newest_ever = 0;  ///< greatest sequence added so far
    std::size_t size = 0;
};

/// Links of intrusive lists, each task in one list at most: eight bytes per task, where sets need sixty.
class IntrusiveLinks {
public:
    /// Ignored when the task is in a list already. A task older than one added before goes to the end.
    void add(IntrusiveList& list, TaskId task, std::uint64_t sequence);
    /// Ignored when the task is in no list.
    void remove(IntrusiveList& list, TaskId task);

    /// The newest tasks of the list.
    std::vector<TaskId> first(const IntrusiveList& list, std::size_t limit) const;

private:
    struct Link {
        TaskId newer = unlinked;
        TaskId older = unlinked;
    };
    static constexpr TaskId unlinked{0xfffffffe};

    Link& at(TaskId task) { return links_[static_cast<std::size_t>(task)]; }

    std::vector<Link> links_;
};

}  // namespace freshet::scheduler
