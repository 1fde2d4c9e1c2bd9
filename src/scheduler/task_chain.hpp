// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace freshet::scheduler {

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
