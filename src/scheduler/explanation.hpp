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

struct FailedAttempt {
    std::uint32_t attempt = 1;  ///< 0: it never ran
    Time at{};
    bool is_not_ready = false;       ///< something is not there yet
    std::string message{};           ///< as people read it
    bool is_disabled = false;        ///< having failed too often
    bool retries_exhausted = false;  ///< nobody of this run tries again
    std::optional<Time> retry_at{};  ///< when its pause ends
};

/// "failed at attempt 3 at 2026-08-21T06:00:01Z: why; to be tried again at 06:05:01Z"
std::string describe(const FailedAttempt& failed);

struct RunningAttempt {
    Time since{};
    std::uint32_t attempt = 1;
    std::string worker{};
};

/// "has been running since 2026-08-21T06:00:01Z (attempt 1 by W)"
std::string describe(const RunningAttempt& running);

/// What holds a task up, the clearest cause first.
enum class BlockerKind { failed, external, not_ready, running, unknown, never_ran };

struct Blocker {
    BlockerKind kind = BlockerKind::never_ran;
    std::string text{};  ///< beginning with the task that is the cause: "Load(day=1), which failed at ..."
};

/// "waits for Load(day=1), which failed at ...": the clearest of the causes, of which there must be one.
std::string describe_wait(const std::vector<Blocker>& causes);

/// "2026-08-21T06:00:01Z"
std::string format_time(Time time);

/// Tasks that wait for no other, and that nothing but their family tells apart for a worker.
struct ReadyTasks {
    const WorkerSet& workers;
    const ResourceRequest& resources;
    bool was_offered = false;  ///< some worker offered to run it, so that any assistant may
    const Symbol& family;
};

/// Why a task that waits for no other has not been handed out.
struct BlockReason {
    std::string text{};           ///< a sentence that begins after its name
    bool needs_operator = false;  ///< it will not pass by itself
    bool is_external = false;     ///< nobody here runs it: its output appears some day
};
BlockReason block_reason(const SchedulerState& state, const ReadyTasks& tasks, Time now);

/// How far an explanation looks: what a task waits for may be a million tasks away.
inline constexpr std::size_t max_visited = 2000;

/// What the task is called in a list; "" has been registered by nobody: its id.
std::string shown_name(const Task& task);

/// Why the task ran, did not run, or waits, as a sentence that begins after its name.
std::string explain(const SchedulerState& state, TaskId task, Time now);

/// What became of the last attempt at a task that is FAILED or DISABLED.
FailedAttempt failure_of(const SchedulerState& state, const Task& task, Time now);

/// Whether it failed because something is not there yet, or because it was asked to wait: no mistake of anybody's.
bool is_expected_delay(const Task& task);

/// How the task holds up others: nothing when it is done or itself waits for another.
std::optional<BlockerKind> blocker_kind(const Task& task);

/// "Load(day=1), which failed at ...": a task that holds up others, in words.
Blocker blocker(const SchedulerState& state, TaskId task, BlockerKind kind, Time now);

}  // namespace freshet::scheduler
