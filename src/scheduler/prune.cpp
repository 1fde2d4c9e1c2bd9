// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/prune.hpp"

#include "scheduler/failures.hpp"
#include "scheduler/set_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace freshet::scheduler {

namespace {

std::vector<TaskId> tasks_run_by(const Board& board, const Name& worker) {
    std::vector<TaskId> tasks;
    for (const Rank& rank : board.tasks.index().running_of(worker)) tasks.push_back(rank.task);
    const auto& members = board.tasks.index().batch_running_of(worker);
    tasks.insert(tasks.end(), members.begin(), members.end());
    return tasks;
}

enum class Leave { tasks, tasks_and_stakeholders };

template <Crew Task::*crew>
void leave(TaskTable& tasks, const TaskList& ids, const std::vector<Name>& gone) {
    std::map<Crew, Crew> left;  // many tasks have the same crew
    for (const TaskId id : ids) {
        const auto [found, added] = left.try_emplace(tasks[id].*crew);
        if (added) found->second = tasks.crew_without(found->first, gone);
        if (found->second != found->first) tasks.change(id, [&](Task& task) { task.*crew = found->second; });
    }
}

/// The tasks of these workers do without them from now on. Looks at no others.
void leave_tasks(Board& board, const std::vector<Name>& gone, Leave what) {
    for (const Name& worker : gone) {
        leave<&Task::workers>(board.tasks, board.tasks.index().runnable_by(worker), gone);
        if (what == Leave::tasks) continue;
        leave<&Task::stakeholders>(board.tasks, board.tasks.index().of_interest_to(worker), gone);
    }
}

/// The worker's tasks get this status, unless their combined task has settled them already.
void lose_tasks(Board& board, const Name& worker, Status status, const Cause& cause) {
    for (const TaskId id : tasks_run_by(board, worker)) {
        if (!is_running(board.tasks[id])) continue;
        set_status(board, id, status, cause);
        board.tasks.change(id, [](Task& task) { task.runner = nullptr; });
    }
}

void drop_silent_workers(Board& board, Time now) {
    std::vector<Name> silent;
    for (const auto& [name, worker] : board.workers.all())
        if (later(worker.last_active, board.config.worker_disconnect_delay) < now) silent.push_back(worker.name);
    if (silent.empty()) return;
    leave_tasks(board, silent, Leave::tasks_and_stakeholders);
    for (const Name& worker : silent) board.workers.remove(*worker);
    ++board.endings;
    ++board.openings;  // of what was reserved for them
    for (const Name& worker : silent) board.chronicle.leases_expired(tasks_run_by(board, worker).size());
    for (const Name& worker : silent)
        lose_tasks(board, worker, Status::failed,
                   {.now = now,
                    .attempt_status = "LOST",
                    .message = fmt::format("worker '{}' was silent for more than {} s", *worker,
                                           board.config.worker_disconnect_delay.count())});
}

void start_removals(Board& board, Time now) {
    const auto& tasks = board.tasks.index().unwatched();
    for (const TaskId id : std::vector<TaskId>(tasks.begin(), tasks.end()))
        board.tasks.change(id, [&](Task& task) { task.remove = later(now, board.config.remove_delay); });
}

void end_pauses(Board& board, Time now) {
    const auto& wakes = board.tasks.index().wakes();
    std::vector<TaskId> due;
    for (auto wake = wakes.begin(); wake != wakes.end() && wake->first < now; ++wake) due.push_back(wake->second);
    for (const TaskId id : due) {
        if (board.tasks[id].status == Status::disabled)
            re_enable(board, id, now);
        else
            set_status(board, id, Status::pending, {.now = now, .message = "its pause is over"});
    }
}

void remove_forgotten(Board& board, Time now) {
    const auto& removals = board.tasks.index().removals();
    while (!removals.empty() && removals.begin()->first <= now) board.tasks.remove(removals.begin()->second);
}

}  // namespace

void prune(Board& board, Time now) {
    drop_silent_workers(board, now);
    start_removals(board, now);
    end_pauses(board, now);
    remove_forgotten(board, now);
    if (board.rates.forget_returned(now)) ++board.openings;
}

std::optional<Time> next_change(const Board& board) {
    const Index& index = board.tasks.index();
    Time next = never;
    const auto after = [](Time time) { return time == never ? never : time + Time::duration(1); };
    if (!index.wakes().empty()) next = std::min(next, after(index.wakes().begin()->first));
    if (!index.removals().empty()) next = std::min(next, index.removals().begin()->first);
    next = std::min(next, board.rates.next_return().value_or(never));
    const Time silent = board.workers.longest_silent();
    if (silent != never) next = std::min(next, after(later(silent, board.config.worker_disconnect_delay)));
    return next == never ? std::nullopt : std::optional(next);
}

void abandon_workers(Board& board, Time now) {
    std::vector<Name> workers;
    for (const auto& [name, worker] : board.workers.all()) workers.push_back(worker.name);
    for (const Name& worker : workers) {
        lose_tasks(board, worker, Status::pending,
                   {.now = now, .attempt_status = "LOST", .message = fmt::format("worker '{}' died", *worker)});
        board.workers.remove(*worker);
    }
    leave_tasks(board, workers, Leave::tasks_and_stakeholders);
}

void disable_worker(Board& board, Worker& worker) {
    leave_tasks(board, {worker.name}, Leave::tasks);
    worker.disabled = true;
    board.workers.mark(worker);
    ++board.endings;
}

}  // namespace freshet::scheduler
