// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/explanation.hpp"

#include "freshet/text.hpp"
#include "scheduler/hold_up.hpp"
#include "scheduler/reason.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace freshet::scheduler {

namespace {

constexpr std::size_t max_name_length = 200;

std::string explain_done(const Task& task) {
    const auto when = format_time(task.updated);
    if (task.attempts == 0) return fmt::format("is complete: so it was found at {}", when);
    return fmt::format("is complete: attempt {}{} ended at {}", task.attempts,
                       task.worker_running ? fmt::format(" by {}", *task.worker_running) : "", when);
}

std::string explain_running(const Task& task) {
    std::string text = describe(
        RunningAttempt{task.time_running, task.attempts, task.worker_running ? *task.worker_running : "nobody"});
    if (task.status == Status::batch_running) text += ", as one of a batch";
    return text;
}

std::string explain_unknown(const Task& task) {
    const auto& scheduling_failure = details(task).scheduling_failure;
    if (!scheduling_failure) return "is required by others, but nobody has described it yet";
    const std::string worker = shortened(*scheduling_failure->worker, max_name_length);
    const std::string why = error_summary(*scheduling_failure->why);
    if (why.empty()) return fmt::format("was left unplanned by {}, which gave no reason", worker);
    return fmt::format("could not be planned by {}: {}", worker, why);
}

/// The clearest of what the task waits for; breadth-first, so that of equals the nearest is found.
std::optional<Blocker> root_cause(const SchedulerState& state, TaskId root, Time now) {
    std::optional<std::pair<BlockerKind, TaskId>> clearest;
    std::vector<TaskId> found{root};
    std::unordered_set<TaskId> seen{root};
    for (std::size_t i = 0; i < found.size() && i < max_visited; ++i)
        for (const TaskId dep : state.tasks[found[i]].deps) {
            if (!seen.insert(dep).second) continue;
            const auto kind = blocker_kind(state.tasks[dep]);
            if (kind && (!clearest || *kind < clearest->first)) clearest.emplace(*kind, dep);
            found.push_back(dep);
        }
    if (!clearest) return std::nullopt;
    return blocker(state, clearest->second, clearest->first, now);
}

std::string explain_pending(const SchedulerState& state, TaskId id, Time now) {
    const Task& task = state.tasks[id];
    if (task.unfinished == 0)
        return block_reason(state, {task.workers, task.resources, task.runnable, task.family}, now).text;
    if (const auto found = root_cause(state, id, now)) return describe_wait({*found});
    return fmt::format("waits for {} {} that are not done", task.unfinished, task.unfinished == 1 ? "task" : "tasks");
}

}  // namespace

std::string shown_name(const Task& task) {
    return shortened(task.known && !task.family->empty() ? display_name(task) : task.id, max_name_length);
}

bool is_expected_delay(const Task& task) {
    return task.status == Status::failed && !task.retries_exhausted &&
           (task.failure_class == FailureClass::not_ready || task.failure_class == FailureClass::throttled);
}

FailedAttempt failure_of(const SchedulerState& state, const Task& task, Time now) {
    FailedAttempt failed{.attempt = task.attempts,
                         .at = task.updated,
                         .is_not_ready = task.failure_class == FailureClass::not_ready,
                         .message = task.expl ? error_summary(*task.expl) : std::string(),
                         .is_disabled = task.status == Status::disabled,
                         .retries_exhausted = task.retries_exhausted};
    // Who lost its worker failed without a word of its own.
    if (task.status == Status::failed && !task.worker_running && task.attempts > 0)
        failed.message = "its worker was lost";
    if (task.retry_at != never && task.retry_at > now) failed.retry_at = task.retry_at;
    if (task.status == Status::failed && task.retry_at == never && !task.retries_exhausted &&
        state.config.retry_delay < Seconds(0))
        failed.retries_exhausted = true;
    return failed;
}

std::optional<BlockerKind> blocker_kind(const Task& task) {
    if (task.known && details(task).scheduling_failure) return BlockerKind::failed;
    if (!task.known || task.status == Status::unknown) return BlockerKind::unknown;
    if (is_running(task)) return BlockerKind::running;
    if (is_expected_delay(task)) return BlockerKind::not_ready;
    if (task.status == Status::failed || task.status == Status::disabled) return BlockerKind::failed;
    if (task.status == Status::pending && task.unfinished == 0)
        return task.runnable ? BlockerKind::never_ran : BlockerKind::external;
    return std::nullopt;
}

Blocker blocker(const SchedulerState& state, TaskId id, BlockerKind kind, Time now) {
    const Task& task = state.tasks[id];
    const std::string why = kind == BlockerKind::unknown ? "nobody has described yet" : explain(state, id, now);
    return {kind, fmt::format("{}, which {}", shown_name(task), why)};
}

std::string explain(const SchedulerState& state, TaskId id, Time now) {
    const Task& task = state.tasks[id];
    switch (task.status) {
        case Status::done:
            return explain_done(task);
        case Status::running:
        case Status::batch_running:
            return explain_running(task);
        case Status::failed:
        case Status::disabled:
            return describe(failure_of(state, task, now));
        case Status::pending:
            return explain_pending(state, id, now);
        default:
            return explain_unknown(task);
    }
}

}  // namespace freshet::scheduler
