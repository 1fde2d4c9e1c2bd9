// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_chain.hpp"

#include <algorithm>
#include <utility>

namespace freshet::scheduler {

void ChainLinks::add(Chain& chain, TaskId task, std::uint64_t sequence) {
    if (links_.size() <= static_cast<std::size_t>(task)) links_.resize(static_cast<std::size_t>(task) + 1);
    if (at(task).newer != loose) return;
    const bool is_newest = sequence > chain.newest_ever;
    at(task) = is_newest ? Link{no_task, chain.newest} : Link{chain.oldest, no_task};
    if (chain.size == 0)
        chain.newest = chain.oldest = task;
    else if (is_newest)
        at(std::exchange(chain.newest, task)).newer = task;
    else
        at(std::exchange(chain.oldest, task)).older = task;
    chain.newest_ever = std::max(chain.newest_ever, sequence);
    ++chain.size;
}

void ChainLinks::remove(Chain& chain, TaskId task) {
    if (links_.size() <= static_cast<std::size_t>(task) || at(task).newer == loose) return;
    const Link link = std::exchange(at(task), Link{});
    (link.newer == no_task ? chain.newest : at(link.newer).older) = link.older;
    (link.older == no_task ? chain.oldest : at(link.older).newer) = link.newer;
    --chain.size;
}

std::vector<TaskId> ChainLinks::first(const Chain& chain, std::size_t most) const {
    std::vector<TaskId> tasks;
    for (TaskId task = chain.newest; task != no_task && tasks.size() < most;
         task = links_[static_cast<std::size_t>(task)].older)
        tasks.push_back(task);
    return tasks;
}

}  // namespace freshet::scheduler
