// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/bounds.hpp"
#include "scheduler/explanation.hpp"

#include <functional>
#include <map>
#include <string>

namespace freshet::scheduler::page {

namespace {

/// The tasks that wait for one reason, and the first of them in rank.
struct WaitingGroup {
    BlockReason why;
    std::size_t tasks = 0;
    Rank next;
};

void add(WaitingGroup& group, BlockReason why, const RankedTasks& tasks) {
    if (group.tasks == 0 || *tasks.begin() < group.next) group.next = *tasks.begin();
    group.tasks += tasks.size();
    group.why = std::move(why);
}

using ReasonKey = std::pair<std::string, Symbol>;  ///< the family where it is to have a line of its own

std::map<ReasonKey, WaitingGroup> group_by_reason(const SchedulerState& state, Time now) {
    std::map<ReasonKey, WaitingGroup> lines;
    std::size_t examined = 0;
    for (const auto& [key, queue] : state.tasks.index().ready().all()) {
        if (++examined > max_scanned) break;
        BlockReason why = block_reason(state, {queue.workers, queue.resources, queue.runnable, queue.family}, now);
        WaitingGroup& line = lines[{why.text, why.is_external ? queue.family : Symbol()}];
        add(line, std::move(why), queue.tasks);
    }
    return lines;
}

void add_late(const SchedulerState& state, const WaitingGroup& group, Snapshot& snapshot) {
    ++snapshot.late.total;
    if (snapshot.late.items.size() < max_stalled)
        snapshot.late.items.push_back(stalled_line(state, group.next.task, group.tasks - 1, snapshot.taken));
}

}  // namespace

void take_ready_groups(const SchedulerState& state, Snapshot& snapshot) {
    for (const auto& [key, group] : group_by_reason(state, snapshot.taken))
        if (group.why.is_external)
            add_late(state, group, snapshot);
        else
            snapshot.ready_groups.push_back(
                {group.why.text, group.why.needs_operator, ref_of(state.tasks[group.next.task]), group.tasks});
    std::ranges::stable_sort(snapshot.ready_groups, std::greater(), &ReadyGroup::tasks);
    if (snapshot.ready_groups.size() > max_ready_groups) snapshot.ready_groups.resize(max_ready_groups);
    snapshot.ready = state.tasks.index().ready().size();
}

}  // namespace freshet::scheduler::page
