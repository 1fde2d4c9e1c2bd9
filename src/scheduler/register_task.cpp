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

using rpc::AddTask;

/// Limit of announcements without a task: a worker registers the task right after its announcement.
constexpr std::size_t max_announced = 64;

constexpr std::size_t max_text_length = 10'000;

/// The end of `reason`: that of a traceback names the error.
std::string tail_of(const std::string& reason) {
    return reason.size() <= max_text_length ? reason : valid_utf8(reason.substr(reason.size() - max_text_length));
}

/// An announcement has the significant parameters only.
bool matches(const rpc::AnnounceSchedulingFailure& announced, const AddTask& request) {
    return announced.worker == request.worker && announced.family == request.family &&
           std::ranges::all_of(announced.params, [&](const auto& parameter) {
               return std::ranges::count(request.params, parameter) > 0;
           });
}

std::optional<std::string> take_announced_failure(SchedulerState& state, const AddTask& request) {
    auto& all = state.announced_failures;
    const auto found =
        std::find_if(all.rbegin(), all.rend(), [&](const auto& announced) { return matches(announced, request); });
    if (found == all.rend()) return std::nullopt;
    std::string why = std::move(found->expl);
    all.erase(std::next(found).base());
    return why;
}

bool contains(const WorkerSet& workers, const std::string& name) {
    return std::ranges::any_of(*workers, [&](const Symbol& worker) { return *worker == name; });
}

/// Meaning of a request for the task as it stands before the request is applied.
struct Classification {
    Status status = Status::unknown;  ///< the reported one; SUSPENDED counts as PENDING
    /// Names the task without knowing its requirements: a dependency that is external to the worker, or an assignment
    /// that it gives back.
    bool is_reference_only = false;
    bool starts_new_run = false;  ///< by a worker that has not offered to run it: transient failures count anew
    bool changes_status = false;
    bool found_complete = false;  ///< the attempt ran nothing: its output was there
};

bool is_reference_only(const AddTask& request, const Task& task, bool is_offered_by_worker) {
    if (request.runnable) return false;
    if (request.lease) return request.status == Status::pending || request.status == Status::failed;
    return request.status == Status::pending && !task.workers->empty() && !is_offered_by_worker;
}

bool changes_status(const AddTask& request, const Task& task, bool is_offered_by_worker) {
    const bool is_runner = task.worker_running && *task.worker_running == request.worker;
    const bool has_new_deps = request.new_deps && !request.new_deps->empty();
    // The back-off of a classified failure belongs to the run: only a worker that is new to the task ends it.
    if (request.status == Status::pending && task.status == Status::failed && task.failure_class &&
        is_offered_by_worker)
        return false;
    // A worker that lost the task reports its attempt after another one completed the task.
    if (task.status == Status::done && (request.status == Status::failed || has_new_deps) && !is_runner) return false;
    if (!is_running(task)) return true;
    const bool is_release = request.status == Status::pending && (request.lease || has_new_deps);
    const bool is_result = request.status == Status::done || request.status == Status::failed;
    return is_runner && (is_release || is_result || request.status == Status::running);
}

bool has_fact(const AddTask& request, std::string_view name) {
    const Json* fact = request.attempt.is_object() ? request.attempt.find(name) : nullptr;
    return fact && *fact == Json(true);
}

Classification classify(const AddTask& request, const Task& task) {
    const bool is_offered_by_worker = contains(task.workers, request.worker);
    return {.status = request.status == Status::suspended ? Status::pending : request.status,
            .is_reference_only = is_reference_only(request, task, is_offered_by_worker),
            .starts_new_run = request.status == Status::pending && !is_running(task) && !is_offered_by_worker,
            .changes_status = changes_status(request, task, is_offered_by_worker),
            .found_complete = request.status == Status::done && has_fact(request, rpc::attempt_keys::found)};
}

double priority_of(const AddTask& request) { return std::isnan(request.priority) ? 0 : request.priority; }

std::optional<Time> next_try(const Task& task) {
    if (task.status != Status::failed || task.retry_at == never) return std::nullopt;
    return task.retry_at;
}

/// Returns the response to a report whose lease has ended; nullopt when the report counts.
std::optional<rpc::TaskAdded> reject_report(const SchedulerState& state, const AddTask& request, Time now) {
    if (!request.lease || request.status == Status::running) return std::nullopt;
    switch (check_lease(state, request)) {
        case LeaseCheck::valid:
            return std::nullopt;
        case LeaseCheck::duplicate: {
            const Task& task = state.tasks[*state.tasks.find(request.task_id)];
            const bool may_run = task.status == Status::pending;  // its back-off is over
            return rpc::TaskAdded{.retry = may_run ? now : next_try(task)};
        }
        case LeaseCheck::superseded:
            return rpc::TaskAdded{rejection_reason(state, request)};
    }
    return std::nullopt;
}

/// Returns the response to the start of a batch that was released meanwhile; nullopt when it may start.
std::optional<rpc::TaskAdded> reject_batch(SchedulerState& state, const AddTask& request) {
    if (!request.lease || request.status != Status::running || !request.batch_id) return std::nullopt;
    const auto batch = members(state, state.symbol(*request.batch_id));
    if (!batch.empty() && state.tasks[batch.front()].lease == *request.lease) return std::nullopt;
    return rpc::TaskAdded{fmt::format("lease {} of batch '{}' has ended", *request.lease, *request.batch_id)};
}

/// The end of the time in which a DONE task is not made PENDING, since a file system may show an output late; nullopt
/// when the request counts.
std::optional<Time> done_cooldown_end(const SchedulerState& state, const Task& task, const AddTask& request, Time now) {
    if (request.status != Status::pending || task.status != Status::done || details(task).is_to_rerun)
        return std::nullopt;
    const Time since = std::max(task.updated, state.timeouts_restarted);
    const Time cooldown_end = saturating_add(since, state.config.stable_done_cooldown_secs);
    return now < cooldown_end ? std::optional(cooldown_end) : std::nullopt;
}

TaskId create(SchedulerState& state, const AddTask& request, Time now) {
    const TaskId id = add_task(state, request.task_id, now);
    if (request.deps) state.tasks.set_dependencies(id, *request.deps, TaskTable::DependencyUpdate::replace);
    state.tasks.change(id, [&](Task& task) {
        task.status = Status::pending;
        task.priority = priority_of(request);
    });
    state.pending_history.history.push_back({request.task_id, now, Status::pending, reporter(request.worker), {}});
    return id;
}

/// The first description of a task stays.
void apply_attributes(SchedulerState& state, Task& task, const AddTask& request, const Classification& kind) {
    if (task.family->empty()) task.family = state.symbol(request.family);
    if (!task.module && request.module) task.module = state.symbol(*request.module);
    if (task.visibilities->empty()) task.visibilities = state.tasks.visibility(request.param_visibilities);
    if (task.params.empty()) task.params = request.params;
    if (!task.name_params && request.name_params) task.name_params = state.tasks.name_params(*request.name_params);
    if (request.accepts_messages && !kind.is_reference_only) task.accepts_messages = *request.accepts_messages;
    if (request.resources && !kind.is_reference_only) task.resources = state.tasks.resource_request(*request.resources);
    if (request.batchable) task.batchable = *request.batchable;
    if (request.batch_id) task.batch = state.symbol(*request.batch_id);
    need(task);
}

void apply_texts(SchedulerState& state, Task& task, const AddTask& request, bool with_url) {
    if (with_url && (request.tracking_url || task.details)) details(task).tracking_url = request.tracking_url;
    if (request.expl) task.expl = state.symbol(*request.expl);
}

/// Describes the task; the texts of a combined task are those of its members, too.
void describe_task(SchedulerState& state, TaskId id, const AddTask& request, const Classification& kind) {
    const bool with_url = request.tracking_url || state.tasks[id].status != Status::running;
    state.tasks.change(id, [&](Task& task) {
        apply_attributes(state, task, request, kind);
        apply_texts(state, task, request, with_url);
    });
    for (const TaskId member : members(state, state.tasks[id].batch))
        if (member != id) state.tasks.change(member, [&](Task& task) { apply_texts(state, task, request, with_url); });
}

Cause cause_of(const AddTask& request, const Classification& kind, Time now) {
    const bool has_failed = request.status == Status::failed;
    return {.now = now,
            .worker = request.worker,
            .failure = request.failure ? &*request.failure : nullptr,
            .attempt_status = kind.found_complete ? "FOUND" : "",
            .message = has_failed ? rpc::readable_message(request.expl.value_or("")) : std::string(),
            .facts = request.attempt,
            .has_begun = request.status != Status::pending || !has_fact(request, rpc::attempt_keys::not_begun)};
}

/// Starts an attempt that the worker reports unasked: it combined a batch, or was taken for lost.
void start(SchedulerState& state, TaskId id, const AddTask& request, Time now) {
    const auto batch = members(state, state.tasks[id].batch);
    const rpc::LeaseToken lease = batch.empty() ? next_lease(state) : state.tasks[batch.front()].lease;
    const ResourceRequest resources =
        batch.empty() ? held_resources(state, state.tasks[id].resources) : state.tasks[batch.front()].resources_running;
    state.tasks.change(id, [&](Task& task) { task.resources_running = resources; });
    start_attempt(state, id, state.symbol(request.worker), lease, now);
}

void apply_status(SchedulerState& state, TaskId id, const AddTask& request, const Classification& kind, Time now) {
    const Task& task = state.tasks[id];
    const bool was_running = is_running(task);
    if (kind.starts_new_run && task.transient_failures > 0)
        state.tasks.change(id, [](Task& changed) { changed.transient_failures = 0; });
    if (!kind.changes_status) return;
    set_status(state, id, kind.status, cause_of(request, kind, now));
    if (kind.status == Status::running && task.status == Status::running && !was_running)
        start(state, id, request, now);
    auto& events = state.pending_history.events;
    if (kind.status == Status::done && task.status == Status::done)
        events.insert(events.end(), request.events.begin(), request.events.end());
}

/// Keeps the reason of a task that is UNKNOWN now, and drops that of any other.
void update_scheduling_failure(SchedulerState& state, TaskId id, const AddTask& request, Time now) {
    const Task& task = state.tasks[id];
    auto why = take_announced_failure(state, request);
    if (task.status != Status::unknown) {
        if (details(task).scheduling_failure)
            state.tasks.change(id, [](Task& known) { details(known).scheduling_failure.reset(); });
    } else if (request.status == Status::unknown) {
        if (!why) why = tail_of(request.expl.value_or(""));
        const SchedulingFailure scheduling_failure{state.symbol(request.worker), state.symbol(*why)};
        state.tasks.change(id, [&](Task& known) {
            details(known).scheduling_failure = scheduling_failure;
            add_failure(known, now);
        });
    }
}

void add_dependencies(SchedulerState& state, TaskId id, const AddTask& request) {
    if (request.deps) state.tasks.set_dependencies(id, *request.deps, TaskTable::DependencyUpdate::replace);
    if (request.new_deps) state.tasks.set_dependencies(id, *request.new_deps, TaskTable::DependencyUpdate::append);
}

/// Makes the worker a stakeholder of the task and of its dependencies: unregistered ones are kept, too,
/// while planning goes on.
void add_stakeholder(SchedulerState& state, TaskId id, const Symbol& worker, double priority, Time now) {
    const auto join = [&](TaskId joined) {
        if (contains(state.tasks[joined].stakeholders, *worker)) return;
        state.tasks.change(
            joined, [&](Task& task) { task.stakeholders = state.tasks.worker_set_with(task.stakeholders, worker); });
    };
    join(id);
    const std::vector<TaskId> deps = state.tasks[id].deps;
    for (TaskId dep : deps) {
        if (!state.tasks[dep].known) {
            dep = add_task(state, state.tasks[dep].id, now);
            state.tasks.change(dep, [&](Task& task) { task.priority = priority; });
        }
        join(dep);
    }
}

void apply_offer(SchedulerState& state, TaskId id, const AddTask& request, const Classification& kind,
                 const Worker& worker) {
    if (kind.is_reference_only) return;
    state.tasks.change(id, [&](Task& task) {
        if (request.retry_policy_dict) task.policy = state.tasks.policy(*request.retry_policy_dict);
        if (!request.runnable || request.status == Status::failed || worker.disabled) return;
        task.workers = state.tasks.worker_set_with(task.workers, worker.name);
        task.runnable = true;
    });
}

}  // namespace

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

rpc::TaskAdded register_task(SchedulerState& state, const AddTask& request, Time now) {
    const Worker& worker = state.workers.record_heartbeat(request.worker, now);
    if (const auto rejection = reject_report(state, request, now)) return *rejection;
    if (const auto rejection = reject_batch(state, request)) return *rejection;
    const auto known = state.tasks.find(request.task_id);
    if (worker.disabled && !(known && state.tasks[*known].status == Status::running)) return {};
    const TaskId id = known ? *known : create(state, request, now);
    // Else an embedded scheduler, which prunes when it is asked for work, would answer that the task is disabled.
    if (state.tasks[id].status == Status::disabled && details(state.tasks[id]).disabled_by_scheduler &&
        state.tasks[id].retry_at <= now)
        re_enable(state, id, now);
    if (const auto cooldown_end = done_cooldown_end(state, state.tasks[id], request, now))
        return {.retry = cooldown_end};

    const Classification kind = classify(request, state.tasks[id]);
    describe_task(state, id, request, kind);
    apply_status(state, id, request, kind, now);
    update_scheduling_failure(state, id, request, now);
    add_dependencies(state, id, request);
    if (!worker.disabled && !request.assistant) add_stakeholder(state, id, worker.name, priority_of(request), now);
    raise_priority(state, id, priority_of(request));
    apply_offer(state, id, request, kind, worker);
    return {.retry = next_try(state.tasks[id])};
}

void add_scheduling_failure(SchedulerState& state, const rpc::AnnounceSchedulingFailure& request, Time now) {
    state.pending_history.history.push_back(
        {request.task_name, now, Status::unknown, reporter(request.worker), request.expl});
    if (state.announced_failures.size() == max_announced) state.announced_failures.pop_front();
    state.announced_failures.push_back(request);
    state.announced_failures.back().expl = tail_of(request.expl);
}

}  // namespace freshet::scheduler
