// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/scheduler_state.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace freshet::scheduler {

/// The last attempt of a FAILED or DISABLED task, for its description.
struct FailedAttempt {
    std::uint32_t attempt = 1;  ///< 0 if it never ran
    Time at{};
    bool is_not_ready = false;       ///< a source is not ready yet
    std::string message{};           ///< human-readable
    bool is_disabled = false;        ///< after too many failures
    bool retries_exhausted = false;  ///< no retry in this run
    std::optional<Time> retry_at{};  ///< the end of its back-off
};

/// Returns "failed at attempt 3 at 2026-08-21T06:00:01Z: why; retry at 06:05:01Z"
std::string describe(const FailedAttempt& failed);

/// An attempt that has not ended, for its description.
struct RunningAttempt {
    Time since{};
    std::uint32_t attempt = 1;
    std::string worker{};
    std::string loss{};        ///< why it does not run any more, though nobody reported its end
    Time::duration silence{};  ///< since the worker was heard of, if that is long ago
};

/// Returns "has been running since 2026-08-21T06:00:01Z (attempt 1 by W)"; of a lost one "was begun at
/// 2026-08-21T06:00:01Z (attempt 1 by W), but was lost: its process died".
std::string describe(const RunningAttempt& running);

/// Returns "can never run: it needs 3 of 'db', of which there are 2"; "" where the limits suffice.
std::string describe_shortage(const rpc::Resources& limits, const rpc::Resources& requested);

/// Kinds of tasks that block others, the clearest root cause first.
enum class BlockerKind { failed, external, not_ready, running, unknown, never_ran };

/// A task that blocks others, in words.
struct Blocker {
    BlockerKind kind = BlockerKind::never_ran;
    std::string text{};  ///< "Load(day=1), which failed at ..."
};

/// Returns "waits for Load(day=1), which failed at ...", naming the clearest cause. `causes` must not be empty.
std::string describe_wait(const std::vector<Blocker>& causes);

/// Formats `time` as "2026-08-21T06:00:01Z".
std::string format_time(Time time);

/// A group of ready tasks that a worker can tell apart only by family.
struct ReadyTasks {
    const WorkerSet& workers;
    const ResourceRequest& resources;
    bool was_offered = false;  ///< by some worker, so that any assistant may run it
    const Symbol& family;
};

/// Reason that a ready task has not been dispatched.
struct BlockReason {
    std::string text{};           ///< continues a sentence that begins with the task's name
    bool needs_operator = false;  ///< it does not resolve by itself
    bool is_external = false;     ///< no worker here makes it
};
/// Returns the first reason that applies.
BlockReason block_reason(const SchedulerState& state, const ReadyTasks& tasks, Time now);

/// Returns true if all tasks have an alert of their own; false where that would take long to tell.
bool are_alerted(const TaskTable& tasks, const RankedTasks& ready);

/// Limit of the tasks visited for one explanation: the dependencies may be millions.
inline constexpr std::size_t max_visited = 2000;

/// The task's name for lists; its id while nobody has registered it.
std::string shown_name(const Task& task);

/// Returns the reason of the last failure in a line: its error, or how its worker was lost; "" without one.
std::string last_error(const Task& task);

/// Returns "failed 3 times in a row, the last time at 2026-08-21T06:00:01Z: why", for one failure or more.
std::string describe_failures(const Task& task);

/// Returns "the disk of worker W is full", for a task whose attempt found it so.
std::string disk_full_of(const Task& task);

/// Explains why the task ran, did not run, or waits; continues a sentence that begins with the task's name.
std::string explain(const SchedulerState& state, TaskId task, Time now);

/// Explains the alert of the task: its last failure with its reason, also when it has been retried since, and what
/// became of it; continues a sentence that begins with the task's name.
std::string explain_alert(const SchedulerState& state, TaskId task, Time now);

/// The task that the explanation of a PENDING task names; nothing if it names none.
std::optional<TaskId> blocking_task(const SchedulerState& state, TaskId task);

/// Returns {"taskId": ..., "status": "PENDING", "explanation": "waits for ..."}, with null for a task that is not
/// known.
Json answer(const SchedulerState& state, const rpc::Explain& request, Time now);

/// Returns true if the worker has been silent for more than half the time after which it loses its tasks.
bool is_silent(const SchedulerState& state, const Worker& worker, Time now);

/// Returns true for a worker that is neither silent nor disabled.
bool takes_tasks(const SchedulerState& state, const Worker& worker, Time now);

/// Returns true if a connected worker that is not silent could be given the task once it is ready.
bool can_be_run_now(const SchedulerState& state, const Task& task, Time now);

/// Describes the last attempt of a task that is FAILED or DISABLED.
FailedAttempt failure_of(const SchedulerState& state, const Task& task, Time now);

/// The way the task blocks others; nullopt when it is done or waits for another itself.
std::optional<BlockerKind> blocker_kind(const Task& task);

/// Describes a task that blocks others: "Load(day=1), which failed at ...".
Blocker blocker(const SchedulerState& state, TaskId task, BlockerKind kind, Time now);

}  // namespace freshet::scheduler
