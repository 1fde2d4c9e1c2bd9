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
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

// Limits of what one page examines and shows: a snapshot may block the scheduler's thread for a few milliseconds only,
// and a page must stay readable.

namespace freshet::dashboard {

using rpc::Status;
using scheduler::SchedulerState;
using scheduler::Task;
using scheduler::TaskId;
using scheduler::TaskTable;

/// First elements of a list, and its full size.
template <class T>
struct TruncatedList {
    std::vector<T> items{};
    std::size_t total = 0;
};

/// Task name and link.
struct TaskRef {
    std::string id{};
    std::string name{};
    Status status = Status::unknown;
};

/// Count up to a limit.
struct BoundedCount {
    std::size_t number = 0;
    bool is_complete = true;
};

using scheduler::StatusCounts;

using scheduler::AlertLevel;

/// Task that failed or is not ready, representing others of its family in the same state.
struct StalledTasks {
    TaskRef task;
    std::string family{};
    std::string why;                 ///< a sentence that begins after the name
    std::optional<TaskRef> cause{};  ///< the task that `why` names
    Time since{};
    AlertLevel alert_level = AlertLevel::none;
    bool is_disk_full = false;              ///< of its worker
    bool is_removed = false;                ///< a root that was removed before it succeeded
    bool is_disabled_by_scheduler = false;  ///< after too many failures, so that an operator can re-enable it
    std::size_t similar = 0;                ///< others of its family in the same state
    BoundedCount blocked{};                 ///< transitive dependants
};

/// Task that blocks others.
struct BlockingTask {
    TaskRef task;
    BoundedCount blocked;  ///< transitive dependants
};

/// Ready tasks that wait for the same reason.
struct ReadyGroup {
    std::string why{};            ///< a sentence that begins after the name
    bool needs_operator = false;  ///< the reason does not pass by itself
    TaskRef next{};
    std::size_t tasks = 0;
};

struct RunningTask {
    TaskRef task;
    Time since{};
    std::string worker{};
    std::uint32_t attempt = 0;
    std::size_t batch = 0;             ///< tasks of its batch; 0: no batch
    std::optional<double> progress{};  ///< 0 to 100
    std::string message{};
    std::string tracking_url{};
};

/// Progress of a root task with all its transitive requirements.
struct Run {
    TaskRef task;
    Time registered{};
    std::optional<Time> ended{};
    std::optional<StatusCounts> counts{};  ///< none: its tasks have been pruned or were not counted
    bool is_complete = true;               ///< false: more tasks than counted
    std::size_t failed = 0;                ///< failed, disabled or not scheduled
    bool awaits_external = false;          ///< waits for an external task
    std::string why{};
    std::optional<TaskRef> cause{};  ///< the task that `why` names
};

/// Run as one block of a strip.
struct RunBlock {
    TaskRef root{};
    Time registered{};
    bool is_removed = false;
    bool has_failures = false;  ///< of one that was removed
};

struct FamilyRuns {
    std::string name{};
    TruncatedList<Run> runs{};
    std::vector<RunBlock> strip{};  ///< more of them than `runs`, newest first
    std::optional<Time> last_success{};
    std::optional<Time::duration> last_duration{};
};

struct WorkerLine {
    std::string name{};
    std::string host{};
    bool is_disabled = false;
    bool is_silent = false;  ///< for more than half the timeout
    bool is_assistant = false;
    std::size_t running = 0;
    std::int64_t slots = 1;
    Time started{};
    Time last_active{};
    std::string first_task{};
};

struct ResourceLine {
    std::string name{};
    std::int64_t used = 0;  ///< for a rate: consumed within the last minute
    std::int64_t limit = 0;
    bool is_rate = false;
};

struct FamilyLine {
    std::string name{};
    StatusCounts counts{};
};

/// Content of the front page, copied on the scheduler's thread and bounded in size.
struct Snapshot {
    Time taken{};
    bool is_paused = false;
    StatusCounts counts{};
    std::size_t total = 0;
    std::size_t ready = 0;   ///< tasks without unfinished requirements
    std::size_t queued = 0;  ///< those of them that a free worker could start: "ready" of the RPC queue_status
    TruncatedList<StalledTasks> failed{};
    TruncatedList<StalledTasks> late{};    ///< not ready yet
    std::array<std::size_t, 4> alerted{};  ///< tasks by AlertLevel, also removed ones
    std::size_t acknowledged = 0;          ///< FAILED and DISABLED tasks that need no attention
    std::vector<ReadyGroup> ready_groups{};
    std::vector<BlockingTask> blockers{};  ///< tasks on the page that block most others
    TruncatedList<RunningTask> running{};
    TruncatedList<FamilyRuns> recent_runs{};
    TruncatedList<WorkerLine> workers{};
    Time::duration worker_timeout{};  ///< a worker that is silent for longer is removed
    TruncatedList<ResourceLine> resources{};
    TruncatedList<FamilyLine> families{};

    std::size_t count(Status status) const { return counts[static_cast<std::size_t>(status)]; }
    std::size_t count(AlertLevel level) const { return alerted[static_cast<std::size_t>(level)]; }
};

/// Takes the snapshot. Call on the scheduler's thread; takes a few milliseconds at most.
Snapshot take_snapshot(const SchedulerState& state, Time now);

inline constexpr std::size_t max_scanned = 1000;    ///< entries of a list sorted for the page
inline constexpr std::size_t max_counted = 20'000;  ///< tasks of all runs together
inline constexpr std::size_t max_per_run = 5'000;
inline constexpr std::size_t max_blocked = 1000;       ///< counted as blocked by one task
inline constexpr std::size_t max_dependants = 10'000;  ///< examined for that count: most may be done

inline constexpr std::size_t max_stalled = 10;
inline constexpr std::size_t max_running = 30;
inline constexpr std::size_t max_ready_groups = 10;
inline constexpr std::size_t max_run_families = 12;
inline constexpr std::size_t max_runs = 5;
inline constexpr std::size_t max_strip_runs = 20;
inline constexpr std::size_t max_workers = 30;
inline constexpr std::size_t max_resources = 30;
inline constexpr std::size_t max_families = 40;

inline constexpr std::size_t max_text_length = 300;  ///< bytes of a worker's text in a list

inline TaskRef ref_of(const Task& task) {
    return {.id = task.id, .name = shown_name(task), .status = task.known ? task.status : Status::unknown};
}

/// The task that its explanation names.
std::optional<TaskRef> cause_of(const SchedulerState& state, TaskId task);

/// The names of tasks by id, without those that the scheduler does not know any more.
using TaskNames = std::map<std::string, std::string>;
TaskNames take_names(const SchedulerState& state, const std::set<std::string>& ids);
/// A task by its name or, without one, by its id.
TaskRef ref_of(const TaskNames& names, const std::string& id);

/// Orders the neighbours of a task: blockers first, finished tasks last.
int blocking_rank(Status status);

/// Returns true for a task that a worker made of a batch, which is no run of its own.
inline bool is_batch_task(const Task& task) { return task.batch && !task.batchable; }

/// Returns a task's progress, clamped to 0 to 100; nothing if it is not a number.
inline std::optional<double> percentage(const Json& progress) {
    if (!progress.is_number()) return std::nullopt;
    return std::clamp(progress.as_number(), 0.0, 100.0);
}

/// Keeps the first `most` items in the order of `before`; leaves the total unchanged.
template <class T, class Before>
void keep_first(TruncatedList<T>& list, std::size_t most, Before before) {
    const auto kept = list.items.begin() + static_cast<std::ptrdiff_t>(std::min(most, list.items.size()));
    std::partial_sort(list.items.begin(), kept, list.items.end(), before);
    list.items.erase(kept, list.items.end());
}

/// The workers, silent and disabled ones first, then those that run most.
TruncatedList<WorkerLine> worker_lines(const SchedulerState& state, std::size_t most, Time now);
/// The resources with a limit or in use, the fullest first.
TruncatedList<ResourceLine> resource_lines(const SchedulerState& state, std::size_t most, Time now);
/// Describes a task that represents `similar` others of its family.
StalledTasks stalled_line(const SchedulerState& state, TaskId task, std::size_t similar, Time now);
/// Adds tasks with an alert, also removed roots, grouped by family and state.
void take_stalled(const SchedulerState& state, Snapshot& snapshot);
/// Counts the unfinished transitive dependants of a task.
BoundedCount count_blocked_by(const TaskTable& tasks, TaskId root);
/// Adds the tasks on the page that block most others.
void take_blockers(const SchedulerState& state, Snapshot& snapshot);
/// Adds ready tasks, grouped by reason, and missing external tasks, grouped by family.
void take_ready_groups(const SchedulerState& state, Snapshot& snapshot);
/// Adds the newest root tasks with their progress, and pruned runs from the family stats.
void take_recent_runs(const SchedulerState& state, Snapshot& snapshot);

}  // namespace freshet::dashboard
