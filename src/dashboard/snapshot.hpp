// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/explanation.hpp"
#include "scheduler/family_stats.hpp"
#include "scheduler/scheduler_state.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What the first page shows: values, copied on the scheduler's thread, bounded whatever it knows.

/// How much of the state one page looks at and shows: a page must neither keep the scheduler's thread from its work for
/// more than a few milliseconds nor be longer than anybody reads.

namespace freshet::dashboard {

using rpc::Status;
using scheduler::SchedulerState;
using scheduler::Task;
using scheduler::TaskId;
using scheduler::TaskTable;

/// The first of many, and how many there are.
template <class T>
struct TruncatedList {
    std::vector<T> items{};
    std::size_t total = 0;
};

/// A task to be named and linked.
struct TaskRef {
    std::string id{};
    std::string name{};
    Status status = Status::unknown;
};

/// A number that was counted no further than a limit.
struct BoundedCount {
    std::size_t number = 0;
    bool is_complete = true;
};

using StatusCounts = std::array<std::size_t, rpc::status_texts.size()>;

/// A task that failed or waits for what is not there, and those of its family that stand like it.
struct StalledTasks {
    TaskRef task;
    std::string why;  ///< a sentence that begins after the name
    Time since{};
    bool will_retry = false;
    std::size_t similar = 0;  ///< others of its family
    BoundedCount blocked{};   ///< how many tasks wait for it, directly or not
};

/// A task that others wait for.
struct BlockingTask {
    TaskRef task;
    BoundedCount blocked;  ///< directly or not
};

/// Tasks that could run but for one reason.
struct ReadyGroup {
    std::string why{};            ///< a sentence that begins after the name
    bool needs_operator = false;  ///< it will not pass by itself
    TaskRef next{};
    std::size_t tasks = 0;
};

struct RunningTask {
    TaskRef task;
    Time since{};
    std::string worker{};
    std::uint32_t attempt = 0;
    std::size_t batch = 0;             ///< how many tasks it stands for, if more than itself
    std::optional<double> progress{};  ///< 0 to 100
    std::string message{};
    std::string tracking_url{};
};

/// How far a task that nothing depends on has come, with all that it requires.
struct Run {
    TaskRef task;
    Time registered{};
    std::optional<Time> ended{};
    std::optional<StatusCounts> counts{};  ///< none: it is remembered, but its tasks are forgotten
    bool is_complete = true;               ///< false: there are more tasks than were counted
    std::size_t failed = 0;                ///< failed for good, or tried again after a mistake, or unplanned
    bool awaits_external = false;          ///< something that is made elsewhere is not there yet
    std::string why{};
};

struct FamilyRuns {
    std::string name{};
    TruncatedList<Run> runs{};
    std::optional<Time> last_success{};
    std::optional<Time::duration> last_duration{};
};

struct WorkerLine {
    std::string name{};
    std::string host{};
    bool is_disabled = false;
    bool is_silent = false;  ///< for longer than a worker that is well
    bool is_assistant = false;
    std::size_t running = 0;
    std::int64_t slots = 1;
    Time started{};
    Time last_active{};
    std::string first_task{};
};

struct ResourceLine {
    std::string name{};
    std::int64_t used = 0;  ///< of a rate: what was handed out within the last minute
    std::int64_t limit = 0;
    bool is_rate = false;
};

struct FamilyLine {
    std::string name{};
    StatusCounts counts{};
};

struct Snapshot {
    Time taken{};
    bool is_paused = false;
    StatusCounts counts{};
    std::size_t total = 0;
    std::size_t ready = 0;  ///< wait for no other task
    TruncatedList<StalledTasks> failed{};
    TruncatedList<StalledTasks> late{};  ///< wait for what is not there yet
    bool all_stalled_seen = true;        ///< false: there are so many that only some were looked at
    std::vector<ReadyGroup> ready_groups{};
    std::vector<BlockingTask> blockers{};  ///< of all that is shown, what most tasks wait for
    TruncatedList<RunningTask> running{};
    TruncatedList<FamilyRuns> recent_runs{};
    TruncatedList<WorkerLine> workers{};
    Time::duration worker_timeout{};  ///< a worker that is silent for longer is given up
    TruncatedList<ResourceLine> resources{};
    TruncatedList<FamilyLine> families{};

    std::size_t count(Status status) const { return counts[static_cast<std::size_t>(status)]; }
};

/// To be called on the scheduler's thread, for a few milliseconds at most.
Snapshot take_snapshot(const SchedulerState& state, Time now);

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

}  // namespace freshet::dashboard
