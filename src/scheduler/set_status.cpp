// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/set_status.hpp"

#include "scheduler/failures.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

void forgive(Task& task) {
    clear_failures(task);
    if (task.details) task.details->disabled_by_scheduler = false;
}

/// The members share the fate of the combined task.
void end_batch(Board& board, TaskId combined, Status status, const Cause& cause) {
    for (const TaskId member : members(board, board.tasks[combined].batch)) {
        set_status(board, member, status, cause);
        board.tasks.change(member, [](Task& task) { task.batch = nullptr; });
    }
    board.tasks.change(combined, [](Task& task) { task.batch = nullptr; });
}

bool is_protected(const Task& task, Status status) {
    return task.status == Status::disabled && details(task).disabled_by_scheduler && status != Status::disabled &&
           status != Status::done;
}

void enter_failed(const Board& board, Task& task, Status& status, const Cause& cause) {
    if (task.status == Status::disabled) {  // by a worker: its word against a worker's
        task.given_up = false;
        task.failed_as.reset();
        task.wake = retry_time(board.config, cause.now);
    } else {
        status = judge_failure(board.config, board.seed, task, cause.failure, cause.now);
    }
}

void enter(const Board& board, Task& task, Status& status, const Cause& cause) {
    if (status == Status::failed) {
        enter_failed(board, task, status, cause);
        return;
    }
    if (task.status == Status::disabled && status == Status::done) forgive(task);
    task.wake = never;
    task.given_up = false;
    task.failed_as.reset();
    if (status == Status::done) task.tries = 0;
    if (status == Status::disabled && task.details) task.details->disabled_by_scheduler = false;
}

void note(Board& board, TaskId id, Status before, const Cause& cause) {
    const Task& task = board.tasks[id];
    if (task.status == before) return;
    board.diary.history.push_back({task.id, cause.now, task.status, cause.worker, cause.message});
    const bool was_running = before == Status::running || before == Status::batch_running;
    if (!was_running || is_running(task)) return;
    AttemptEnded end{.task_id = task.id,
                     .worker = task.runner ? *task.runner : std::string(),
                     .at = cause.now,
                     .status = cause.attempt_status.empty() ? std::string(text(task.status)) : cause.attempt_status,
                     .message = cause.message,
                     .facts = cause.facts};
    if (cause.failure) end.failure_class = cause.failure->failure_class;
    board.chronicle.ended(task, end);
    board.diary.attempts.push_back({.ended = std::move(end)});
}

}  // namespace

void set_status(Board& board, TaskId id, Status status, const Cause& cause) {
    const Task& task = board.tasks[id];
    if ((status == Status::disabled && is_running(task)) || is_protected(task, status)) return;
    const bool is_combined = task.batch && !task.batchable;
    if (task.status == Status::running && task.batch && status != Status::running) end_batch(board, id, status, cause);
    const Status before = task.status;
    board.tasks.change(id, [&](Task& changed) {
        enter(board, changed, status, cause);
        if (status != changed.status) {
            changed.status = status;
            changed.updated = cause.now;
        }
        if (status == Status::failed && is_combined) changed.remove = cause.now;
    });
    note(board, id, before, cause);
}

void start_attempt(Board& board, TaskId id, const Name& worker, wire::LeaseToken lease, Time now) {
    board.tasks.change(id, [&](Task& task) {
        task.runner = worker;
        task.time_running = now;
        task.lease = lease;
        ++task.attempts;
    });
    const Task& task = board.tasks[id];
    board.diary.attempts.push_back({.started = AttemptStarted{task.id, task.attempts, *worker, now}});
}

void re_enable(Board& board, TaskId id, Time now) {
    board.tasks.change(id, forgive);
    set_status(board, id, Status::failed, {.now = now, .message = "re-enabled"});
}

std::vector<TaskId> members(const Board& board, const Name& batch) {
    if (!batch) return {};
    const auto& found = board.tasks.index().members_of(batch);
    std::vector<TaskId> ids(found.begin(), found.end());
    std::sort(ids.begin(), ids.end(),
              [&](TaskId a, TaskId b) { return board.tasks[a].sequence < board.tasks[b].sequence; });
    return ids;
}

}  // namespace freshet::scheduler
