// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/family_stats.hpp"
#include "scheduler/scheduler_state.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the first page shows: values, copied on the scheduler's thread, bounded whatever it knows.
namespace freshet::scheduler::page {

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

}  // namespace freshet::scheduler::page
