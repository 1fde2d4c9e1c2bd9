// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task.hpp"

#include <cstddef>
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

inline constexpr TaskId no_task{0xffffffff};

/// The ends of a list of tasks, the newest first.
struct IntrusiveList {
    TaskId newest = no_task;
    TaskId oldest = no_task;
    std::uint64_t newest_ever = 0;  ///< the greatest sequence that was added
    std::size_t size = 0;
};

/// What holds lists together, each task in one of them at most: eight bytes a task, where sets would take sixty.
class IntrusiveLinks {
public:
    /// Nothing when it is in the list already. One that is older than others that were added comes last.
    void add(IntrusiveList& list, TaskId task, std::uint64_t sequence);
    /// Nothing when it is in no list.
    void remove(IntrusiveList& list, TaskId task);

    /// The first of the list.
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
