// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/task.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace freshet::scheduler {

inline constexpr TaskId no_task{0xffffffff};

/// The ends of a chain of tasks, the newest first.
struct Chain {
    TaskId newest = no_task;
    TaskId oldest = no_task;
    std::uint64_t newest_ever = 0;  ///< the greatest sequence that was added
    std::size_t size = 0;
};

/// What holds chains together, each task in one of them at most: eight bytes a task, where sets would take sixty.
class ChainLinks {
public:
    /// Nothing when it is in the chain already. One that is older than others that were added comes last.
    void add(Chain& chain, TaskId task, std::uint64_t sequence);
    /// Nothing when it is in no chain.
    void remove(Chain& chain, TaskId task);

    /// The first of the chain.
    std::vector<TaskId> first(const Chain& chain, std::size_t most) const;

private:
    struct Link {
        TaskId newer = loose;
        TaskId older = loose;
    };
    static constexpr TaskId loose{0xfffffffe};

    Link& at(TaskId task) { return links_[static_cast<std::size_t>(task)]; }

    std::vector<Link> links_;
};

}  // namespace freshet::scheduler
