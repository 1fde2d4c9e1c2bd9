// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/rerun.hpp"

#include "scheduler/explanation.hpp"
#include "scheduler/set_status.hpp"

#include <fmt/format.h>

#include <unordered_set>
#include <vector>

namespace freshet::scheduler {

namespace {

using rpc::Status;

/// More would hold up the scheduler, and their worker.
constexpr std::size_t max_tasks = 1000;

/// One of Freshet, whose run has not ended: Luigi's do not understand the request.
bool is_of_live_run(const Worker& worker) {
    return !run_id(worker.info).empty() && !info_value(worker, rpc::run_keys::run_end).is_object();
}

/// The task, and on request the DONE ones that require it, breadth-first.
std::vector<TaskId> tasks_to_rerun(const SchedulerState& state, TaskId first, bool downstream) {
    std::vector<TaskId> tasks{first};
    std::unordered_set<TaskId> seen{first};
    for (std::size_t next = 0; downstream && next < tasks.size(); ++next)
        for (const TaskId dependant : state.tasks[tasks[next]].dependants)
            if (state.tasks[dependant].status == Status::done && tasks.size() < max_tasks &&
                seen.insert(dependant).second)
                tasks.push_back(dependant);
    return tasks;
}

Json description(const Task& task) {
    Json params = Json::object();
    for (const auto& [name, value] : task.params) params[name] = value;
    return Json::Object{{"task_id", task.id}, {"family", *task.family}, {"params", std::move(params)}};
}

}  // namespace

const Worker* rerun_worker(const SchedulerState& state, const Task& task, Time now) {
    if (task.status != Status::done || !task.known) return nullptr;
    const auto is_there = [&](const Worker* worker) {
        return worker && !worker->disabled && !worker->is_disconnected && is_of_live_run(*worker) &&
               !is_silent(state, *worker, now);
    };
    for (const Symbol& name : *task.workers)
        if (const Worker* worker = state.workers.find(*name); is_there(worker)) return worker;
    for (const auto& [name, worker] : state.workers.all())
        if (is_there(&worker) && serves_family(worker, *task.family)) return &worker;
    return nullptr;
}

Json rerun_task(SchedulerState& state, const rpc::RerunTask& request, Time now) {
    const auto id = state.tasks.find(request.task_id);
    const Worker* asked = id ? rerun_worker(state, state.tasks[*id], now) : nullptr;
    if (!asked) return Json::Object{{"task_id", request.task_id}, {"worker", nullptr}, {"tasks", 0}};
    Json tasks = Json::array();
    for (const TaskId each : tasks_to_rerun(state, *id, request.downstream)) {
        state.tasks.change(each, [](Task& task) { details(task).is_to_rerun = true; });
        const Task& task = state.tasks[each];
        tasks.push_back(description(task));
        state.pending_history.history.push_back({task.id, now, task.status, reporter("", request.principal),
                                                 fmt::format("'{}' was asked to run it again", *asked->name)});
    }
    const auto count = static_cast<std::int64_t>(tasks.as_array().size());
    Worker& worker = state.workers.get(*asked->name, now);
    worker.messages.push_back({"rerun_tasks", {{"tasks", std::move(tasks)}}});
    state.workers.mark_dirty(worker);
    return Json::Object{{"task_id", request.task_id}, {"worker", *worker.name}, {"tasks", count}};
}

}  // namespace freshet::scheduler
