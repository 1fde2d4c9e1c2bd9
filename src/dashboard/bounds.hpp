// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/snapshot.hpp"
#include "scheduler/explanation.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

/// How much of the state one page looks at and shows: a page must neither keep the scheduler's thread from its work for
/// more than a few milliseconds nor be longer than anybody reads.
namespace freshet::scheduler::page {

inline constexpr std::size_t max_scanned = 1000;    ///< of a list that is sorted for the page
inline constexpr std::size_t max_skipped = 20'000;  ///< on the way to those
inline constexpr std::size_t max_counted = 20'000;  ///< tasks of all runs together
inline constexpr std::size_t max_per_run = 5'000;
inline constexpr std::size_t max_blocked = 1000;       ///< tasks counted that wait for one
inline constexpr std::size_t max_dependants = 10'000;  ///< looked at to count them: most may be done

inline constexpr std::size_t max_stalled = 10;
inline constexpr std::size_t max_running = 30;
inline constexpr std::size_t max_ready_groups = 10;
inline constexpr std::size_t max_run_families = 12;
inline constexpr std::size_t max_runs = 5;
inline constexpr std::size_t max_workers = 30;
inline constexpr std::size_t max_resources = 30;
inline constexpr std::size_t max_families = 40;

inline constexpr std::size_t max_text_length = 300;  ///< bytes of what workers say, in a list

inline TaskRef ref_of(const Task& task) {
    return {.id = task.id, .name = shown_name(task), .status = task.known ? task.status : Status::unknown};
}

/// What a task says of its progress, from 0 to 100.
inline std::optional<double> percentage(const Json& progress) {
    if (!progress.is_number()) return std::nullopt;
    return std::clamp(progress.as_number(), 0.0, 100.0);
}

/// The first `most` by `before`, in that order; the total stays what it was.
template <class T, class Before>
void keep_first(TruncatedList<T>& list, std::size_t most, Before before) {
    const auto kept = list.items.begin() + static_cast<std::ptrdiff_t>(std::min(most, list.items.size()));
    std::partial_sort(list.items.begin(), kept, list.items.end(), before);
    list.items.erase(kept, list.items.end());
}

/// A line for a task and so many others of its family.
StalledTasks stalled_line(const SchedulerState& state, TaskId task, std::size_t similar, Time now);
/// FAILED and DISABLED tasks and those that could not be planned, a line for those of a family in the same state.
void take_stalled(const SchedulerState& state, Snapshot& snapshot);
/// How many tasks that are not done wait for it.
BoundedCount count_blocked_by(const TaskTable& tasks, TaskId root);
/// Of the tasks that the page shows, those that hold up most.
void take_blockers(const SchedulerState& state, Snapshot& snapshot);
/// Tasks that wait for no other, a line for each reason; those that others make, a line for each family.
void take_ready_groups(const SchedulerState& state, Snapshot& snapshot);
/// The newest tasks that nothing depends on, with what they require, and those that are remembered.
void take_recent_runs(const SchedulerState& state, Snapshot& snapshot);

}  // namespace freshet::scheduler::page
