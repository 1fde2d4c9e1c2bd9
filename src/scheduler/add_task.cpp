// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/add_task.hpp"

#include "scheduler/leases.hpp"
#include "scheduler/sentences.hpp"
#include "scheduler/set_status.hpp"
#include "scheduler/unplanned.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace freshet::scheduler {

namespace {

using wire::AddTask;

bool cares(const Task& task, const std::string& worker) {
    return std::any_of(task.stakeholders->begin(), task.stakeholders->end(),
                       [&](const Name& n) { return *n == worker; });
}

/// Whether the worker has offered to run the task, not merely named it as a dependency.
bool offers(const Task& task, const std::string& worker) {
    return std::any_of(task.workers->begin(), task.workers->end(), [&](const Name& n) { return *n == worker; });
}

/// To a worker that cannot run it, the task is external: it knows nothing of the task's needs. Who offers to run it does.
/// Neither does a worker that gives back what it was handed know more than its name.
bool only_names(const Task& task, const AddTask& request) {
    if (request.runnable) return false;
    if (request.lease) return request.status == Status::pending || request.status == Status::failed;
    return request.status == Status::pending && !task.workers->empty() && !offers(task, request.worker);
}

bool runs_on(const Task& task, const std::string& worker) { return task.runner && *task.runner == worker; }

double priority_of(const AddTask& request) { return std::isnan(request.priority) ? 0 : request.priority; }

TaskId create(Board& board, const AddTask& request, Time now) {
    const TaskId id = board.tasks.add(request.task_id, now);
    if (request.deps) board.tasks.depend(id, *request.deps, TaskTable::Keep::nothing);
    board.tasks.change(id, [&](Task& task) {
        task.status = Status::pending;
        task.priority = priority_of(request);
    });
    board.diary.history.push_back({request.task_id, now, Status::pending, request.worker, {}});
    return id;
}

/// A file system may show an output a moment after its task was done: a worker that looked too early is not believed.
/// When it will be; nullopt: now.
std::optional<Time> comes_too_early(const Board& board, const Task& task, const AddTask& request, Time now) {
    if (request.status != Status::pending || task.status != Status::done) return std::nullopt;
    const Time believed = later(task.updated, board.config.stable_done_cooldown_secs);
    return now < believed ? std::optional(believed) : std::nullopt;
}

/// What was said first about a task's nature stays.
void describe(Board& board, Task& task, const AddTask& request) {
    if (task.family->empty()) task.family = board.name(request.family);
    if (!task.module && request.module) task.module = board.name(*request.module);
    if (task.visibilities->empty()) task.visibilities = board.tasks.visibility(request.param_visibilities);
    if (task.params.empty()) task.params = request.params;
    if (request.accepts_messages && !only_names(task, request)) task.accepts_messages = *request.accepts_messages;
    if (request.batchable) task.batchable = *request.batchable;
    if (request.batch_id) task.batch = board.name(*request.batch_id);
    task.remove = never;
}

void tell(Board& board, Task& task, const AddTask& request, bool with_url) {
    if (with_url && (request.tracking_url || task.details)) details(task).tracking_url = request.tracking_url;
    if (request.expl) task.expl = board.name(*request.expl);
}

/// What is said of a combined task is said of those that it stands for.
void describe_all(Board& board, TaskId id, const AddTask& request) {
    const bool with_url = request.tracking_url || board.tasks[id].status != Status::running;
    board.tasks.change(id, [&](Task& task) {
        describe(board, task, request);
        tell(board, task, request, with_url);
    });
    for (const TaskId member : members(board, board.tasks[id].batch))
        if (member != id) board.tasks.change(member, [&](Task& task) { tell(board, task, request, with_url); });
}

/// A pause or an end that a class of failure led to belongs to the run: only a worker that is new to the task ends it.
bool would_end_pause(const Task& task, const AddTask& request) {
    return request.status == Status::pending && task.status == Status::failed && task.failed_as &&
           offers(task, request.worker);
}

bool waits_for_more(const AddTask& request) { return request.new_deps && !request.new_deps->empty(); }

/// A worker that lost the task tells how its attempt went after another worker completed it.
bool comes_too_late(const Task& task, const AddTask& request) {
    return task.status == Status::done && (request.status == Status::failed || waits_for_more(request)) &&
           !runs_on(task, request.worker);
}

bool may_change(const Task& task, const AddTask& request) {
    if (would_end_pause(task, request) || comes_too_late(task, request)) return false;
    if (!is_running(task)) return true;
    const bool gives_back = request.status == Status::pending && (request.lease || waits_for_more(request));
    const bool reports = request.status == Status::done || request.status == Status::failed ||
                         request.status == Status::running || gives_back;
    return reports && runs_on(task, request.worker);
}

/// Of an attempt that found the output there and ran nothing: somebody else's was the one that made it.
bool found_it_done(const AddTask& request) {
    const Json* found = request.attempt.is_object() ? request.attempt.find(wire::attempt_facts::found) : nullptr;
    return request.status == Status::done && found && *found == Json(true);
}

Cause cause_of(const AddTask& request, Time now) {
    return {.now = now,
            .worker = request.worker,
            .failure = request.failure ? &*request.failure : nullptr,
            .attempt_status = found_it_done(request) ? "FOUND" : "",
            .message = request.status == Status::failed ? plain(request.expl.value_or("")) : std::string(),
            .facts = request.attempt};
}

/// A worker says by itself that it runs the task: it put a batch together, or was thought to be gone.
void start(Board& board, TaskId id, const AddTask& request, Time now) {
    const auto batch = members(board, board.tasks[id].batch);
    const wire::LeaseToken lease = batch.empty() ? next_lease(board) : board.tasks[batch.front()].lease;
    const Demand resources =
        batch.empty() ? board.held(board.tasks[id].resources) : board.tasks[batch.front()].resources_running;
    board.tasks.change(id, [&](Task& task) { task.resources_running = resources; });
    start_attempt(board, id, board.name(request.worker), lease, now);
}

void report(Board& board, TaskId id, const AddTask& request, Time now) {
    const Task& task = board.tasks[id];
    const bool was_running = is_running(task);
    if (request.status == Status::pending && !was_running && task.tries > 0 && !offers(task, request.worker))
        board.tasks.change(id, [](Task& anew) { anew.tries = 0; });
    if (!may_change(task, request)) return;
    const Status status = request.status == Status::suspended ? Status::pending : request.status;
    set_status(board, id, status, cause_of(request, now));
    if (status == Status::running && task.status == Status::running && !was_running) start(board, id, request, now);
    if (status == Status::done && task.status == Status::done)
        board.diary.events.insert(board.diary.events.end(), request.events.begin(), request.events.end());
}

void connect(Board& board, TaskId id, const AddTask& request) {
    if (request.deps) board.tasks.depend(id, *request.deps, TaskTable::Keep::nothing);
    if (request.new_deps) board.tasks.depend(id, *request.new_deps, TaskTable::Keep::old);
}

/// Dependencies that nobody has described yet are kept, too, while planning goes on.
void care_for(Board& board, TaskId id, const Name& worker, double priority, Time now) {
    const auto join = [&](Task& task) { task.stakeholders = board.tasks.crew_with(task.stakeholders, worker); };
    if (!cares(board.tasks[id], *worker)) board.tasks.change(id, join);
    const std::vector<TaskId> deps = board.tasks[id].deps;
    for (TaskId dep : deps) {
        if (!board.tasks[dep].known) {
            dep = board.tasks.add(board.tasks[dep].id, now);
            board.tasks.change(dep, [&](Task& task) { task.priority = priority; });
        }
        if (!cares(board.tasks[dep], *worker)) board.tasks.change(dep, join);
    }
}

void settle(Board& board, TaskId id, const AddTask& request, const Name& worker, bool enabled) {
    if (only_names(board.tasks[id], request)) return;
    board.tasks.change(id, [&](Task& task) {
        task.resources = board.tasks.demand(request.resources);
        if (request.retry_policy_dict || request.status != Status::running)
            task.policy = board.tasks.policy(request.retry_policy_dict.value_or(wire::RetryPolicy{}));
        if (!request.runnable || request.status == Status::failed || !enabled) return;
        task.workers = board.tasks.crew_with(task.workers, worker);
        task.runnable = true;
    });
}

std::optional<Time> next_try(const Task& task) {
    if (task.status != Status::failed || task.wake == never) return std::nullopt;
    return task.wake;
}

/// Nothing when the report counts.
std::optional<wire::TaskAdded> without_standing(const Board& board, const AddTask& request, Time now) {
    if (!request.lease || request.status == Status::running) return std::nullopt;
    switch (standing(board, request)) {
        case Standing::valid:
            return std::nullopt;
        case Standing::duplicate: {
            const Task& task = board.tasks[*board.tasks.find(request.task_id)];
            const bool may_run = task.status == Status::pending;  // its pause is over
            return wire::TaskAdded{.retry = may_run ? now : next_try(task)};
        }
        case Standing::refused:
            return wire::TaskAdded{refusal(board, request)};
    }
    return std::nullopt;
}

/// A batch that went back to the others cannot be started any more.
std::optional<wire::TaskAdded> without_batch(Board& board, const AddTask& request) {
    if (!request.lease || request.status != Status::running || !request.batch_id) return std::nullopt;
    const auto batch = members(board, board.name(*request.batch_id));
    if (!batch.empty() && board.tasks[batch.front()].lease == *request.lease) return std::nullopt;
    return wire::TaskAdded{fmt::format("lease {} of batch '{}' has ended", *request.lease, *request.batch_id)};
}

}  // namespace

wire::TaskAdded add_task(Board& board, const AddTask& request, Time now) {
    const Worker& worker = board.workers.touch(request.worker, now);
    if (const auto answer = without_standing(board, request, now)) return *answer;
    if (const auto answer = without_batch(board, request)) return *answer;
    const auto known = board.tasks.find(request.task_id);
    if (worker.disabled && !(known && board.tasks[*known].status == Status::running)) return {};
    const TaskId id = known ? *known : create(board, request, now);
    if (const auto believed = comes_too_early(board, board.tasks[id], request, now)) return {.retry = believed};

    describe_all(board, id, request);
    report(board, id, request, now);
    note_plan(board, id, request);
    connect(board, id, request);
    if (!worker.disabled && !request.assistant) care_for(board, id, worker.name, priority_of(request), now);
    raise_priority(board, id, priority_of(request));
    settle(board, id, request, worker.name, !worker.disabled);
    return {.retry = next_try(board.tasks[id])};
}

void raise_priority(Board& board, TaskId id, double priority) {
    priority = std::max(priority, board.tasks[id].priority);
    std::vector<TaskId> raised{id};
    while (!raised.empty()) {
        const TaskId task = raised.back();
        raised.pop_back();
        if (board.tasks[task].priority < priority)
            board.tasks.change(task, [&](Task& changed) { changed.priority = priority; });
        for (const TaskId dep : board.tasks[task].deps)
            if (board.tasks[dep].known && board.tasks[dep].priority < priority) raised.push_back(dep);
    }
}

}  // namespace freshet::scheduler
