// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/register_task.hpp"

#include "base/utf8.hpp"
#include "rpc/error_summary.hpp"
#include "scheduler/leases.hpp"
#include "scheduler/resources.hpp"
#include "scheduler/set_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

namespace freshet::scheduler {

namespace {

/// A worker registers a task right after its announcement: so many workers may be between the two.
constexpr std::size_t max_announced = 64;

/// The end of a traceback says what was wrong.
constexpr std::size_t max_text_length = 10'000;

std::string tail_of(const std::string& reason) {
    return reason.size() <= max_text_length ? reason : valid_utf8(reason.substr(reason.size() - max_text_length));
}

/// An announcement has the significant parameters only.
bool matches(const rpc::AnnounceSchedulingFailure& announced, const rpc::AddTask& request) {
    return announced.worker == request.worker && announced.family == request.family &&
           std::ranges::all_of(announced.params, [&](const auto& parameter) {
               return std::ranges::count(request.params, parameter) > 0;
           });
}

std::optional<std::string> take_announced_failure(SchedulerState& state, const rpc::AddTask& request) {
    auto& all = state.announced_failures;
    const auto found =
        std::find_if(all.rbegin(), all.rend(), [&](const auto& announced) { return matches(announced, request); });
    if (found == all.rend()) return std::nullopt;
    std::string why = std::move(found->expl);
    all.erase(std::next(found).base());
    return why;
}

using rpc::AddTask;

bool is_stakeholder(const Task& task, const std::string& worker) {
    return std::any_of(task.stakeholders->begin(), task.stakeholders->end(),
                       [&](const Symbol& n) { return *n == worker; });
}

/// Whether the worker has offered to run the task, not merely named it as a dependency.
bool can_run(const Task& task, const std::string& worker) {
    return std::any_of(task.workers->begin(), task.workers->end(), [&](const Symbol& n) { return *n == worker; });
}

/// To a worker that cannot run it, the task is external: it knows nothing of the task's needs. Who offers to run it
/// does. Neither does a worker that gives back what it was handed know more than its name.
bool is_reference_only(const Task& task, const AddTask& request) {
    if (request.runnable) return false;
    if (request.lease) return request.status == Status::pending || request.status == Status::failed;
    return request.status == Status::pending && !task.workers->empty() && !can_run(task, request.worker);
}

bool runs_on(const Task& task, const std::string& worker) {
    return task.worker_running && *task.worker_running == worker;
}

double priority_of(const AddTask& request) { return std::isnan(request.priority) ? 0 : request.priority; }

TaskId create(SchedulerState& state, const AddTask& request, Time now) {
    const TaskId id = state.tasks.add(request.task_id, now);
    if (request.deps) state.tasks.set_dependencies(id, *request.deps, TaskTable::DependencyUpdate::replace);
    state.tasks.change(id, [&](Task& task) {
        task.status = Status::pending;
        task.priority = priority_of(request);
    });
    state.pending_history.history.push_back({request.task_id, now, Status::pending, request.worker, {}});
    return id;
}

/// A file system may show an output a moment after its task was done: a worker that looked too early is not believed.
/// When it will be; nullopt: now.
std::optional<Time> done_cooldown_end(const SchedulerState& state, const Task& task, const AddTask& request, Time now) {
    if (request.status != Status::pending || task.status != Status::done) return std::nullopt;
    const Time cooldown_end = saturating_add(task.updated, state.config.stable_done_cooldown_secs);
    return now < cooldown_end ? std::optional(cooldown_end) : std::nullopt;
}

/// What was said first about a task's nature stays.
void apply_attributes(SchedulerState& state, Task& task, const AddTask& request) {
    if (task.family->empty()) task.family = state.symbol(request.family);
    if (!task.module && request.module) task.module = state.symbol(*request.module);
    if (task.visibilities->empty()) task.visibilities = state.tasks.visibility(request.param_visibilities);
    if (task.params.empty()) task.params = request.params;
    if (request.accepts_messages && !is_reference_only(task, request))
        task.accepts_messages = *request.accepts_messages;
    if (request.batchable) task.batchable = *request.batchable;
    if (request.batch_id) task.batch = state.symbol(*request.batch_id);
    task.expires_at = never;
}

void apply(SchedulerState& state, Task& task, const AddTask& request, bool with_url) {
    if (with_url && (request.tracking_url || task.details)) details(task).tracking_url = request.tracking_url;
    if (request.expl) task.expl = state.symbol(*request.expl);
}

/// What is said of a combined task is said of those that it stands for.
void apply_to_batch(SchedulerState& state, TaskId id, const AddTask& request) {
    const bool with_url = request.tracking_url || state.tasks[id].status != Status::running;
    state.tasks.change(id, [&](Task& task) {
        apply_attributes(state, task, request);
        apply(state, task, request, with_url);
    });
    for (const TaskId member : members(state, state.tasks[id].batch))
        if (member != id) state.tasks.change(member, [&](Task& task) { apply(state, task, request, with_url); });
}

/// A pause or an end that a class of failure led to belongs to the run: only a worker that is new to the task ends it.
bool would_end_backoff(const Task& task, const AddTask& request) {
    return request.status == Status::pending && task.status == Status::failed && task.failure_class &&
           can_run(task, request.worker);
}

bool has_new_dependencies(const AddTask& request) { return request.new_deps && !request.new_deps->empty(); }

/// A worker that lost the task tells how its attempt went after another worker completed it.
bool is_stale_report(const Task& task, const AddTask& request) {
    return task.status == Status::done && (request.status == Status::failed || has_new_dependencies(request)) &&
           !runs_on(task, request.worker);
}

bool may_change(const Task& task, const AddTask& request) {
    if (would_end_backoff(task, request) || is_stale_report(task, request)) return false;
    if (!is_running(task)) return true;
    const bool is_release = request.status == Status::pending && (request.lease || has_new_dependencies(request));
    const bool reports = request.status == Status::done || request.status == Status::failed ||
                         request.status == Status::running || is_release;
    return reports && runs_on(task, request.worker);
}

/// Of an attempt that found the output there and ran nothing: somebody else's was the one that made it.
bool found_complete(const AddTask& request) {
    const Json* found = request.attempt.is_object() ? request.attempt.find(rpc::attempt_keys::found) : nullptr;
    return request.status == Status::done && found && *found == Json(true);
}

Cause cause_of(const AddTask& request, Time now) {
    return {
        .now = now,
        .worker = request.worker,
        .failure = request.failure ? &*request.failure : nullptr,
        .attempt_status = found_complete(request) ? "FOUND" : "",
        .message = request.status == Status::failed ? rpc::readable_message(request.expl.value_or("")) : std::string(),
        .facts = request.attempt};
}

/// A worker says by itself that it runs the task: it put a batch together, or was thought to be gone.
void start(SchedulerState& state, TaskId id, const AddTask& request, Time now) {
    const auto batch = members(state, state.tasks[id].batch);
    const rpc::LeaseToken lease = batch.empty() ? next_lease(state) : state.tasks[batch.front()].lease;
    const ResourceRequest resources =
        batch.empty() ? held_resources(state, state.tasks[id].resources) : state.tasks[batch.front()].resources_running;
    state.tasks.change(id, [&](Task& task) { task.resources_running = resources; });
    start_attempt(state, id, state.symbol(request.worker), lease, now);
}

void apply_report(SchedulerState& state, TaskId id, const AddTask& request, Time now) {
    const Task& task = state.tasks[id];
    const bool was_running = is_running(task);
    if (request.status == Status::pending && !was_running && task.transient_failures > 0 &&
        !can_run(task, request.worker))
        state.tasks.change(id, [](Task& anew) { anew.transient_failures = 0; });
    if (!may_change(task, request)) return;
    const Status status = request.status == Status::suspended ? Status::pending : request.status;
    set_status(state, id, status, cause_of(request, now));
    if (status == Status::running && task.status == Status::running && !was_running) start(state, id, request, now);
    if (status == Status::done && task.status == Status::done)
        state.pending_history.events.insert(state.pending_history.events.end(), request.events.begin(),
                                            request.events.end());
}

void add_dependencies(SchedulerState& state, TaskId id, const AddTask& request) {
    if (request.deps) state.tasks.set_dependencies(id, *request.deps, TaskTable::DependencyUpdate::replace);
    if (request.new_deps) state.tasks.set_dependencies(id, *request.new_deps, TaskTable::DependencyUpdate::append);
}

/// Dependencies that nobody has described yet are kept, too, while planning goes on.
void add_stakeholder(SchedulerState& state, TaskId id, const Symbol& worker, double priority, Time now) {
    const auto join = [&](Task& task) { task.stakeholders = state.tasks.worker_set_with(task.stakeholders, worker); };
    if (!is_stakeholder(state.tasks[id], *worker)) state.tasks.change(id, join);
    const std::vector<TaskId> deps = state.tasks[id].deps;
    for (TaskId dep : deps) {
        if (!state.tasks[dep].known) {
            dep = state.tasks.add(state.tasks[dep].id, now);
            state.tasks.change(dep, [&](Task& task) { task.priority = priority; });
        }
        if (!is_stakeholder(state.tasks[dep], *worker)) state.tasks.change(dep, join);
    }
}

void apply_offer(SchedulerState& state, TaskId id, const AddTask& request, const Symbol& worker, bool enabled) {
    if (is_reference_only(state.tasks[id], request)) return;
    state.tasks.change(id, [&](Task& task) {
        task.resources = state.tasks.resource_request(request.resources);
        if (request.retry_policy_dict || request.status != Status::running)
            task.policy = state.tasks.policy(request.retry_policy_dict.value_or(rpc::RetryPolicy{}));
        if (!request.runnable || request.status == Status::failed || !enabled) return;
        task.workers = state.tasks.worker_set_with(task.workers, worker);
        task.runnable = true;
    });
}

std::optional<Time> next_try(const Task& task) {
    if (task.status != Status::failed || task.retry_at == never) return std::nullopt;
    return task.retry_at;
}

/// Nothing when the report counts.
std::optional<rpc::TaskAdded> check_report_lease(const SchedulerState& state, const AddTask& request, Time now) {
    if (!request.lease || request.status == Status::running) return std::nullopt;
    switch (check_lease(state, request)) {
        case LeaseCheck::valid:
            return std::nullopt;
        case LeaseCheck::duplicate: {
            const Task& task = state.tasks[*state.tasks.find(request.task_id)];
            const bool may_run = task.status == Status::pending;  // its pause is over
            return rpc::TaskAdded{.retry = may_run ? now : next_try(task)};
        }
        case LeaseCheck::superseded:
            return rpc::TaskAdded{rejection_reason(state, request)};
    }
    return std::nullopt;
}

/// A batch that went back to the others cannot be started any more.
std::optional<rpc::TaskAdded> check_batch_lease(SchedulerState& state, const AddTask& request) {
    if (!request.lease || request.status != Status::running || !request.batch_id) return std::nullopt;
    const auto batch = members(state, state.symbol(*request.batch_id));
    if (!batch.empty() && state.tasks[batch.front()].lease == *request.lease) return std::nullopt;
    return rpc::TaskAdded{fmt::format("lease {} of batch '{}' has ended", *request.lease, *request.batch_id)};
}

}  // namespace

void add_scheduling_failure(SchedulerState& state, const rpc::AnnounceSchedulingFailure& request, Time now) {
    state.pending_history.history.push_back({request.task_name, now, Status::unknown, request.worker, request.expl});
    if (state.announced_failures.size() == max_announced) state.announced_failures.pop_front();
    state.announced_failures.push_back(request);
    state.announced_failures.back().expl = tail_of(request.expl);
}

void update_scheduling_failure(SchedulerState& state, TaskId id, const rpc::AddTask& request) {
    const Task& task = state.tasks[id];
    auto why = take_announced_failure(state, request);
    if (task.status != Status::unknown) {
        if (details(task).scheduling_failure)
            state.tasks.change(id, [](Task& known) { details(known).scheduling_failure.reset(); });
    } else if (request.status == Status::unknown) {
        if (!why) why = tail_of(request.expl.value_or(""));
        const SchedulingFailure scheduling_failure{state.symbol(request.worker), state.symbol(*why)};
        state.tasks.change(id, [&](Task& known) { details(known).scheduling_failure = scheduling_failure; });
    }
}

rpc::TaskAdded add_task(SchedulerState& state, const AddTask& request, Time now) {
    const Worker& worker = state.workers.record_heartbeat(request.worker, now);
    if (const auto answer = check_report_lease(state, request, now)) return *answer;
    if (const auto answer = check_batch_lease(state, request)) return *answer;
    const auto known = state.tasks.find(request.task_id);
    if (worker.disabled && !(known && state.tasks[*known].status == Status::running)) return {};
    const TaskId id = known ? *known : create(state, request, now);
    if (const auto cooldown_end = done_cooldown_end(state, state.tasks[id], request, now))
        return {.retry = cooldown_end};

    apply_to_batch(state, id, request);
    apply_report(state, id, request, now);
    update_scheduling_failure(state, id, request);
    add_dependencies(state, id, request);
    if (!worker.disabled && !request.assistant) add_stakeholder(state, id, worker.name, priority_of(request), now);
    raise_priority(state, id, priority_of(request));
    apply_offer(state, id, request, worker.name, !worker.disabled);
    return {.retry = next_try(state.tasks[id])};
}

void raise_priority(SchedulerState& state, TaskId id, double priority) {
    priority = std::max(priority, state.tasks[id].priority);
    std::vector<TaskId> raised{id};
    while (!raised.empty()) {
        const TaskId task = raised.back();
        raised.pop_back();
        if (state.tasks[task].priority < priority)
            state.tasks.change(task, [&](Task& changed) { changed.priority = priority; });
        for (const TaskId dep : state.tasks[task].deps)
            if (state.tasks[dep].known && state.tasks[dep].priority < priority) raised.push_back(dep);
    }
}

}  // namespace freshet::scheduler
