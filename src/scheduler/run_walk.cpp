// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/run_walk.hpp"

#include <algorithm>

namespace freshet::scheduler {

Time::duration attempt_duration(const Task& task, Time now) {
    if (!task.known || task.time_running == never) return {};
    if (is_running(task)) return std::max(now - task.time_running, Time::duration{});
    return task.status == Status::done ? std::max(task.updated - task.time_running, Time::duration{})
                                       : Time::duration{};
}

RunWalk::RunWalk(TaskId root, std::size_t most) : root_(root), most_(most) { visit(root); }

bool RunWalk::advance(const SchedulerState& state, Time now, Budget& budget) {
    while (!path_.empty()) {
        if (budget.is_consumed()) return false;
        budget.consume(Budget::visit);
        Frame& frame = path_.back();
        const Task& task = state.tasks[frame.task];
        if (frame.next_dep < task.deps.size())
            visit(task.deps[frame.next_dep++]);
        else
            finish(task, now);
    }
    return true;
}

void RunWalk::visit(TaskId task) {
    if (const auto known = visited_.find(task); known != visited_.end()) return offer(task, known->second);
    if (visited_.size() >= most_) {
        is_complete_ = false;
        return;
    }
    visited_.try_emplace(task);
    path_.push_back({task});
}

void RunWalk::finish(const Task& task, Time now) {
    const Frame frame = path_.back();
    path_.pop_back();
    ++families_[edge_family(task.family)][static_cast<std::size_t>(task.known ? task.status : Status::unknown)];
    if (const auto kind = blocker_kind(task)) ++blockers_[*kind];
    Chain& chain = visited_[frame.task];
    chain = frame.longest;
    chain.own = attempt_duration(task, now);
    chain.total += chain.own;
    offer(frame.task, chain);
}

/// Lets the task on the path continue with this chain if it is the longest. One of a cycle is not yet measured.
void RunWalk::offer(TaskId task, const Chain& chain) {
    if (!path_.empty() && chain.total > path_.back().longest.total)
        path_.back().longest = {.total = chain.total, .next = task};
}

std::vector<TaskId> RunWalk::tasks() const {
    std::vector<TaskId> all;
    for (const auto& [task, chain] : visited_) all.push_back(task);
    std::ranges::sort(all);
    return all;
}

std::vector<RunWalk::Link> RunWalk::longest_chain() const {
    std::vector<Link> links;
    if (visited_.at(root_).total <= Time::duration{}) return links;
    for (TaskId task = root_; task != no_task; task = visited_.at(task).next)
        links.push_back({task, visited_.at(task).own});
    std::ranges::reverse(links);
    return links;
}

}  // namespace freshet::scheduler
