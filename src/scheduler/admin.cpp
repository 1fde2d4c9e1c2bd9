// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/admin.hpp"

#include "base/time.hpp"
#include "scheduler/leases.hpp"
#include "scheduler/luigi_queries.hpp"
#include "scheduler/prune.hpp"
#include "scheduler/register_task.hpp"
#include "scheduler/set_status.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <utility>

namespace freshet::scheduler {

namespace {

std::int64_t number_of(const Json& value) { return value.is_integer() ? value.as_integer() : 0; }

/// Records the start or the end of the worker's run, if `change` tells one.
void record_run(SchedulerState& state, const Worker& worker, const Json::Object& change, Time now) {
    using namespace rpc;
    RunStep step{.run_id = run_id(worker.info), .at = now};
    if (step.run_id.empty()) return;
    if (const Json& run = info_value(change, run_keys::run); run.is_object()) {
        step.program = info_text(run.as_object(), run_keys::program);
        step.command = info_text(run.as_object(), run_keys::command);
        step.host = info_text(worker.info, "host");
        step.pid = number_of(info_value(worker, "pid"));
        state.pending_history.runs.push_back(step);
    }
    if (const Json& end = info_value(change, run_keys::run_end); end.is_object()) {
        step.end = {.exit_code = static_cast<int>(number_of(info_value(end.as_object(), run_keys::exit_code))),
                    .summary = info_text(end.as_object(), run_keys::summary)};
        state.pending_history.runs.push_back(std::move(step));
    }
}

/// Applies `f` to the task and, when it is a running batch, to its members.
template <class F>
void change_with_members(SchedulerState& state, const std::string& task_id, F&& f) {
    const auto id = state.tasks.find(task_id);
    if (!id) return;
    state.tasks.change(*id, f);
    if (state.tasks[*id].status != Status::running) return;
    for (const TaskId member : members(state, state.tasks[*id].batch)) state.tasks.change(member, f);
}

Json status_response(const SchedulerState& state, const std::string& task_id) {
    const auto id = state.tasks.find(task_id);
    const Json name = task_id.empty() ? Json() : Json(task_id);  // Luigi's default is null
    return Json::Object{{"task_id", name}, {"status", id ? Json(text(state.tasks[*id].status)) : Json()}};
}

std::string cancelled_by(const std::string& principal) {
    return principal.empty() ? "cancelled" : "cancelled by " + reporter("", principal);
}

/// The tasks of the request with an alert since `last` or earlier.
std::vector<TaskId> alerted_tasks(const SchedulerState& state, const rpc::AcknowledgeFailures& request, Time last) {
    std::vector<TaskId> found;
    if (const auto id = request.task_id ? state.tasks.find(*request.task_id) : std::nullopt;
        id && alert_level_of(state.tasks[*id]) != AlertLevel::none && alert_since(state.tasks[*id]) <= last)
        found.push_back(*id);
    for (const auto& [key, tasks] : state.tasks.index().alerted())
        if (*key.family == request.family)
            for (const auto& [since, id] : tasks)
                if (since <= last) found.push_back(id);
    return found;
}

rpc::Resources decreased(rpc::Resources resources, const rpc::Resources& amounts) {
    for (const auto& [name, amount] : amounts) {
        const auto found = resources.find(name);
        if (amount > 0 && found != resources.end()) found->second = std::max<std::int64_t>(0, found->second - amount);
    }
    return resources;
}

}  // namespace

void set_status_message(SchedulerState& state, const rpc::SetTaskStatusMessage& request) {
    change_with_members(state, request.task_id,
                        [&](Task& task) { details(task).status_message = request.status_message; });
}

void set_progress(SchedulerState& state, const rpc::SetTaskProgressPercentage& request) {
    change_with_members(state, request.task_id,
                        [&](Task& task) { details(task).progress_percentage = request.progress_percentage; });
}

void add_statistics(SchedulerState& state, const rpc::ReportTaskStatistics& request) {
    change_with_members(state, request.task_id, [&](Task& task) {
        Json& known = details(task).statistics;
        if (!known.is_object() || !request.statistics.is_object()) known = Json::object();
        if (!request.statistics.is_object())
            known["statistics"] = request.statistics;
        else
            for (const auto& [name, value] : request.statistics.as_object()) known[name] = value;
    });
}

void decrease_resources(SchedulerState& state, const rpc::DecreaseRunningTaskResources& request) {
    const auto id = state.tasks.find(request.task_id);
    if (!id || state.tasks[*id].status != Status::running) return;
    change_with_members(state, request.task_id, [&](Task& task) {
        if (task.resources_running)
            task.resources_running =
                state.tasks.resource_request(decreased(*task.resources_running, request.decrease_resources));
    });
}

Json forgive_failures(SchedulerState& state, const rpc::ForgiveFailures& request, Time now) {
    const auto id = state.tasks.find(request.task_id);
    if (id && state.tasks[*id].status == Status::failed) {
        state.tasks.change(*id, [&](Task& task) {
            task.transient_failures = 0;
            details(task).forgiven_at = now;
        });
        set_status(state, *id, Status::pending, {.now = now, .principal = request.principal, .message = "forgiven"});
    }
    return status_response(state, request.task_id);
}

Json mark_as_done(SchedulerState& state, const rpc::MarkAsDone& request, Time now) {
    const auto id = state.tasks.find(request.task_id);
    if (id) {
        const Status status = state.tasks[*id].status;
        if (status == Status::running || status == Status::failed || status == Status::disabled)
            set_status(state, *id, Status::done,
                       {.now = now, .principal = request.principal, .message = "marked as done"});
    }
    return status_response(state, request.task_id);
}

Json cancel_task(SchedulerState& state, const rpc::CancelTask& request, Time now) {
    constexpr rpc::Failure not_retried{.failure_class = FailureClass::permanent};
    const auto id = state.tasks.find(request.task_id);
    if (id && state.tasks[*id].status == Status::running) {
        set_status(state, *id, Status::failed,
                   {.now = now, .principal = request.principal, .failure = &not_retried, .message = "cancelled"});
        state.tasks.change(*id, [&](Task& task) { task.expl = state.symbol(cancelled_by(request.principal)); });
    }
    return status_response(state, request.task_id);
}

Json set_priority(SchedulerState& state, const rpc::SetTaskPriority& request, Time now) {
    const auto id = state.tasks.find(request.task_id);
    if (!id || !state.tasks[*id].known || !std::isfinite(request.priority))
        return Json::Object{{"task_id", request.task_id}, {"priority", nullptr}};
    const Task& task = state.tasks[*id];
    if (!is_running(task) && task.priority != request.priority) {
        state.tasks.change(*id, [&](Task& changed) { changed.priority = request.priority; });
        raise_priority(state, *id, request.priority);
        state.pending_history.history.push_back({task.id, now, task.status, reporter("", request.principal),
                                                 fmt::format("its priority was set to {}", request.priority)});
    }
    return Json::Object{{"task_id", request.task_id}, {"priority", task.priority}};
}

Json re_enable_task(SchedulerState& state, const rpc::ReEnableTask& request, Time now) {
    const auto id = state.tasks.find(request.task_id);
    if (!id || state.tasks[*id].status != Status::disabled || !details(state.tasks[*id]).disabled_by_scheduler)
        return Json::object();
    state.tasks.change(*id, [&](Task& task) { details(task).forgiven_at = now; });
    re_enable(state, *id, {.now = now, .principal = request.principal, .message = "re-enabled"});
    return serialize_task_with_deps(state, *id);
}

Json acknowledge_failures(SchedulerState& state, const rpc::AcknowledgeFailures& request, Time now) {
    const Time last = request.before ? time_from_epoch_seconds(*request.before) : never;
    const auto acknowledge = [&](const std::string& task_id, Status status) {
        state.pending_history.history.push_back(
            {task_id, now, status, reporter("", request.principal), "its failure was acknowledged"});
    };
    const auto live = alerted_tasks(state, request, last);
    for (const TaskId id : live) {
        state.tasks.change(id, [](Task& task) { acknowledge_failures(task); });
        acknowledge(state.tasks[id].id, state.tasks[id].status);
    }
    std::vector<std::string> removed;
    for (const auto& [id, failure] : state.root_failures.all())
        if ((id == request.task_id || failure.family == request.family) && failure.since <= last) removed.push_back(id);
    for (const std::string& id : removed) acknowledge(id, state.root_failures.take(id)->status);
    return Json::Object{{"acknowledged", static_cast<std::int64_t>(live.size() + removed.size())}};
}

Json send_message(SchedulerState& state, const rpc::SendSchedulerMessage& request, Time now) {
    if (!state.config.send_messages) return Json::Object{{"message_id", nullptr}};
    Worker& worker = state.workers.get(request.worker, now);
    state.settings_changed = true;
    const std::string message_id = fmt::format("m{}-{:x}", ++state.last_message_id, state.seed & 0xffffffffU);
    worker.messages.push_back({"dispatch_scheduler_message",
                               {{"task_id", request.task}, {"message_id", message_id}, {"content", request.content}}});
    state.workers.mark_dirty(worker);
    return Json::Object{{"message_id", message_id}};
}

void add_message_response(SchedulerState& state, const rpc::AddSchedulerMessageResponse& request) {
    if (const auto id = state.tasks.find(request.task_id))
        state.tasks.change(*id, [&](Task& task) { details(task).responses[request.message_id] = request.response; });
}

Json take_message_response(SchedulerState& state, const rpc::GetSchedulerMessageResponse& request) {
    Json response;
    const auto id = state.tasks.find(request.task_id);
    if (id && details(state.tasks[*id]).responses.contains(request.message_id))
        state.tasks.change(
            *id, [&](Task& task) { response = details(task).responses.extract(request.message_id).mapped(); });
    return Json::Object{{"response", std::move(response)}};
}

rpc::Messages ping(SchedulerState& state, const rpc::Ping& request, Time now) {
    Worker& worker = state.workers.record_heartbeat(request.worker, now);
    rpc::Messages messages{.taken_leases = taken_leases(state, request, now)};
    if (worker.messages.empty()) return messages;
    state.workers.mark_dirty(worker);
    messages.rpc_messages = std::exchange(worker.messages, {});
    return messages;
}

void set_worker_processes(SchedulerState& state, const rpc::SetWorkerProcesses& request, Time now) {
    Worker& worker = state.workers.get(request.worker, now);
    worker.messages.push_back({"set_worker_processes", {{"n", request.n}}});
    state.workers.mark_dirty(worker);
}

void add_worker(SchedulerState& state, const rpc::AddWorker& request, Time now) {
    Worker& worker = state.workers.get(request.worker, now);
    for (const auto& [name, value] : request.info) set_info(worker, name, value);
    if (state.config.records_runs) record_run(state, worker, request.info, now);
    state.workers.mark_dirty(worker);
    ++state.ready_generation;
    const bool has_ended = info_value(request.info, rpc::run_keys::run_end).is_object();
    if (has_ended && state.config.drops_ended_workers) drop_ended_worker(state, request.worker);
}

void add_batcher(SchedulerState& state, const rpc::AddTaskBatcher& request, Time now) {
    state.workers.add_batcher(request.worker, request.task_family, {request.batched_args, request.max_batch_size}, now);
}

void set_paused(SchedulerState& state, bool paused) {
    if (!state.config.pause_enabled) return;
    state.paused = paused;
    ++state.ready_generation;
    state.settings_changed = true;
}

void update_resources(SchedulerState& state, const rpc::Resources& limits) {
    for (const auto& [name, amount] : limits) state.limits[name] = state.limit_overrides[name] = amount;
    state.settings_changed = true;
    ++state.ready_generation;
}

void configure_resources(SchedulerState& state, rpc::Resources limits, std::set<std::string> rates) {
    const rpc::Resources before = std::exchange(state.config.resources, std::move(limits));
    const rpc::Resources& after = state.config.resources;
    std::erase_if(state.limit_overrides, [&](const auto& change) {
        if (state.rate_limiter.has(change.first) != rates.contains(change.first)) return true;
        const auto one = before.find(change.first), other = after.find(change.first);
        const bool was_there = one != before.end(), is_there = other != after.end();
        return was_there != is_there || (is_there && one->second != other->second);
    });
    state.rate_limiter.set_resources(std::move(rates));
    state.limits = after;
    for (const auto& [name, amount] : state.limit_overrides) state.limits[name] = amount;
    state.settings_changed = true;
    ++state.ready_generation;
}

bool update_resource(SchedulerState& state, const rpc::UpdateResource& request) {
    const Json& amount = request.amount;
    if (!amount.is_bool() && (!amount.is_integer() || amount.as_integer() < 0)) return false;
    update_resources(state, {{request.resource, amount.is_bool() ? amount.as_bool() : amount.as_integer()}});
    return true;
}

}  // namespace freshet::scheduler
