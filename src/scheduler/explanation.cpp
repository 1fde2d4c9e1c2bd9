// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/explanation.hpp"

#include "base/time.hpp"
#include "freshet/text.hpp"
#include "rpc/error_summary.hpp"
#include "scheduler/resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace freshet::scheduler {

namespace {

/// Omits the date where it is that of `named`.
std::string format_time_after(Time named, Time time) {
    const std::string text = format_time(time);
    const auto day = text.find('T');
    return text.compare(0, day, format_time(named), 0, day) == 0 ? text.substr(day + 1) : text;
}

/// The first requested resource that is not available.
BlockReason missing_resource(const SchedulerState& state, const rpc::Resources& requested, Time now) {
    if (auto never = describe_shortage(state.limits, requested); !never.empty()) return {std::move(never), true};
    const rpc::Resources& used = state.tasks.index().used();
    for (const auto& [name, need] : requested) {
        const std::int64_t taken = used_amount(state, used, name, now);
        if (const std::int64_t limit = limit_of(state.limits, name); need + taken > limit)
            return {fmt::format("waits for '{}': {} of {} {}, and it needs {}", name, taken, limit,
                                state.rate_limiter.has(name) ? "granted within the last minute" : "in use", need)};
    }
    return {};
}

enum class Drained { included, excluded };

bool is_family_served(const SchedulerState& state, const std::string& family, Drained drained) {
    return std::ranges::any_of(state.workers.all(), [&](const auto& entry) {
        const Worker& worker = entry.second;
        return serves_family(worker, family) && (drained == Drained::included || !worker.disabled);
    });
}

/// Returns true if a worker that is there can run the tasks: its own, or those of a family that it serves, or any.
bool can_be_run(const SchedulerState& state, const WorkerSet& workers, const Symbol& family, Time now) {
    const auto is_there = [&](const Worker& worker) { return takes_tasks(state, worker, now); };
    const bool by_own = std::ranges::any_of(*workers, [&](const Symbol& name) {
        const Worker* worker = state.workers.find(*name);
        return worker && is_there(*worker);
    });
    return by_own || std::ranges::any_of(state.workers.all(), [&](const auto& entry) {
               const Worker& worker = entry.second;
               return (is_assistant(worker) || serves_family(worker, *family)) && is_there(worker);
           });
}

constexpr std::size_t max_name_length = 200;

std::string explain_done(const Task& task) {
    const auto when = format_time(task.updated);
    if (task.attempts == 0) return fmt::format("was already complete at {}", when);
    return fmt::format("is complete: attempt {}{} ended at {}", task.attempts,
                       task.worker_running ? fmt::format(" by {}", *task.worker_running) : "", when);
}

std::string explain_running(const SchedulerState& state, const Task& task, Time now) {
    RunningAttempt running{task.time_running, task.attempts, task.worker_running ? *task.worker_running : "nobody"};
    const Worker* worker = state.workers.find(running.worker);
    if (worker && is_silent(state, *worker, now)) running.silence = now - worker->last_active;
    std::string text = describe(running);
    if (task.status == Status::batch_running) text += ", as one of a batch";
    return text;
}

std::string explain_unknown(const Task& task) {
    const auto& scheduling_failure = details(task).scheduling_failure;
    if (!scheduling_failure) return "is required by other tasks, but no worker has registered it yet";
    const std::string worker = shortened(*scheduling_failure->worker, max_name_length);
    const std::string why = rpc::error_summary(*scheduling_failure->why);
    if (why.empty()) return fmt::format("could not be planned by {}, which gave no reason", worker);
    return fmt::format("could not be planned by {}: {}", worker, why);
}

struct Cause {
    BlockerKind kind = BlockerKind::never_ran;
    TaskId task = no_task;
};

/// The clearest cause among the dependencies; breadth-first, so that of equal kinds the nearest is found.
std::optional<Cause> root_cause(const SchedulerState& state, TaskId root) {
    std::optional<Cause> clearest;
    std::vector<TaskId> found{root};
    std::unordered_set<TaskId> seen{root};
    for (std::size_t i = 0; i < found.size() && i < max_visited; ++i)
        for (const TaskId dep : state.tasks[found[i]].deps) {
            if (!seen.insert(dep).second) continue;
            const auto kind = blocker_kind(state.tasks[dep]);
            if (kind && (!clearest || *kind < clearest->kind)) clearest = {*kind, dep};
            found.push_back(dep);
        }
    return clearest;
}

std::string explain_pending(const SchedulerState& state, TaskId id, Time now) {
    const Task& task = state.tasks[id];
    if (task.unfinished == 0)
        return block_reason(state, {task.workers, task.resources, task.runnable, task.family}, now).text;
    if (const auto cause = root_cause(state, id)) return describe_wait({blocker(state, cause->task, cause->kind, now)});
    return fmt::format("waits for {} {} that are not done", task.unfinished, task.unfinished == 1 ? "task" : "tasks");
}

}  // namespace

std::string describe(const FailedAttempt& failed) {
    const auto when = format_time(failed.at);
    std::string text = failed.is_not_ready   ? fmt::format("was not ready yet at {}", when)
                       : failed.attempt == 0 ? fmt::format("failed at {}", when)
                                             : fmt::format("failed at attempt {} at {}", failed.attempt, when);
    if (!failed.message.empty()) text += ": " + failed.message;
    if (failed.is_disabled) text += "; disabled after too many failures";
    if (failed.retries_exhausted) text += "; no retry in this run";
    if (failed.retry_at)
        text +=
            (failed.is_disabled ? "; re-enabled at " : "; retry at ") + format_time_after(failed.at, *failed.retry_at);
    return text;
}

std::string describe(const RunningAttempt& running) {
    const std::string since =
        fmt::format("{} (attempt {} by {})", format_time(running.since), running.attempt, running.worker);
    if (!running.loss.empty()) return fmt::format("was begun at {}, but was lost: {}", since, running.loss);
    std::string text = "has been running since " + since;
    if (running.silence > Time::duration::zero())
        text += fmt::format("; its worker has been silent for {}",
                            readable_duration(std::chrono::ceil<std::chrono::seconds>(running.silence)));
    return text;
}

std::string describe_shortage(const rpc::Resources& limits, const rpc::Resources& requested) {
    const auto found = shortage(limits, requested);
    return found ? "can never run: " + describe(*found) : "";
}

std::string describe_wait(const std::vector<Blocker>& causes) {
    return "waits for " + std::ranges::min_element(causes, {}, &Blocker::kind)->text;
}

std::string format_time(Time time) { return rfc3339(time).substr(0, 19) + "Z"; }

BlockReason block_reason(const SchedulerState& state, const ReadyTasks& tasks, Time now) {
    if (tasks.workers->empty() && !tasks.was_offered && !is_family_served(state, *tasks.family, Drained::included))
        return {.text = "is external (no worker offers to run it) and does not exist yet", .is_external = true};
    if (auto missing = missing_resource(state, *tasks.resources, now); !missing.text.empty()) return missing;
    if (state.paused) return {"could run, but the scheduler is paused"};
    if (can_be_run(state, tasks.workers, tasks.family, now)) return {"waits for a free worker"};
    if (state.workers.all().empty()) return {"could run, but no worker is connected", true};
    const bool has_worker = !tasks.workers->empty() || is_family_served(state, *tasks.family, Drained::excluded);
    if (has_worker) return {"could run, but its workers are silent"};
    return {"could run, but the workers that offered to run it are gone or drained", true};
}

bool are_alerted(const TaskTable& tasks, const RankedTasks& ready) {
    std::size_t examined = 0;
    return std::ranges::all_of(ready, [&](const Rank& rank) {
        return ++examined < max_visited && alert_level_of(tasks[rank.task]) != AlertLevel::none;
    });
}

std::string shown_name(const Task& task) {
    return shortened(task.known && !task.family->empty() ? display_name(task) : task.id, max_name_length);
}

std::string last_error(const Task& task) {
    if (const Symbol& loss = details(task).loss) return *loss;
    return task.expl ? rpc::error_summary(*task.expl) : std::string();
}

std::string describe_failures(const Task& task) {
    const auto failures = details(task).failures_in_a_row;
    const std::string often = failures == 1 ? "once" : fmt::format("{} times in a row, the last time", failures);
    const std::string error = last_error(task);
    return fmt::format("failed {} at {}{}", often, format_time(details(task).last_failure),
                       error.empty() ? "" : ": " + error);
}

bool takes_tasks(const SchedulerState& state, const Worker& worker, Time now) {
    return !worker.disabled && !is_silent(state, worker, now);
}

bool can_be_run_now(const SchedulerState& state, const Task& task, Time now) {
    return can_be_run(state, task.workers, task.family, now);
}

std::string disk_full_of(const Task& task) {
    const Symbol& worker = details(task).full_disk;
    return fmt::format("the disk of worker {} is full", worker ? shortened(*worker, max_name_length) : "?");
}

bool is_silent(const SchedulerState& state, const Worker& worker, Time now) {
    return now - worker.last_active > state.config.worker_disconnect_delay / 2;
}

Json answer(const SchedulerState& state, const rpc::Explain& request, Time now) {
    const auto id = state.tasks.find(request.task_id);
    return Json::Object{{"taskId", request.task_id},
                        {"status", id ? Json(text(state.tasks[*id].status)) : Json()},
                        {"explanation", id ? Json(explain(state, *id, now)) : Json()}};
}

std::string explain_alert(const SchedulerState& state, TaskId id, Time now) {
    const Task& task = state.tasks[id];
    std::string why = explain(state, id, now);
    if (task.status == Status::pending && details(task).was_not_ready) return "was not ready, and " + why;
    const bool has_failed = task.status == Status::failed || task.status == Status::disabled;
    if (details(task).full_disk && !has_failed) return fmt::format("{}, and the task {}", disk_full_of(task), why);
    if (details(task).failures_in_a_row == 0 || has_failed || task.status == Status::unknown) return why;
    return fmt::format("{}; now it {}", describe_failures(task), why);
}

FailedAttempt failure_of(const SchedulerState& state, const Task& task, Time now) {
    FailedAttempt failed{.attempt = task.attempts,
                         .at = task.updated,
                         .is_not_ready = task.failure_class == FailureClass::not_ready,
                         .message = last_error(task),
                         .is_disabled = task.status == Status::disabled,
                         .retries_exhausted = task.retries_exhausted};
    if (details(task).full_disk) failed.message = disk_full_of(task) + ": " + failed.message;
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
    const std::string why = kind == BlockerKind::unknown ? "no worker has registered yet" : explain(state, id, now);
    return {kind, fmt::format("{}, which {}", shown_name(task), why)};
}

std::optional<TaskId> blocking_task(const SchedulerState& state, TaskId id) {
    const Task& task = state.tasks[id];
    if (task.status != Status::pending || task.unfinished == 0) return std::nullopt;
    const auto cause = root_cause(state, id);
    return cause ? std::optional(cause->task) : std::nullopt;
}

std::string explain(const SchedulerState& state, TaskId id, Time now) {
    const Task& task = state.tasks[id];
    switch (task.status) {
        case Status::done:
            return explain_done(task);
        case Status::running:
        case Status::batch_running:
            return explain_running(state, task, now);
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
