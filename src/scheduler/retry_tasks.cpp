// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/text.hpp"
#include "scheduler/admin.hpp"

#include <algorithm>
#include <vector>

namespace freshet::scheduler {

namespace {

constexpr std::size_t max_named = 1000;

bool can_be_retried(const Task& task) {
    return task.status == Status::failed || (task.status == Status::disabled && details(task).disabled_by_scheduler);
}

bool is_selected(const Task& task, const rpc::RetryTasks& request) {
    if (!request.family || *task.family != *request.family) return false;
    if (request.status && *request.status != task.status) return false;
    if (!request.error.empty() && (!task.expl || lower(*task.expl).find(lower(request.error)) == std::string::npos))
        return false;
    return std::ranges::all_of(request.params, [&](const auto& parameter) {
        return std::ranges::find(task.params, parameter) != task.params.end();
    });
}

/// Those that are selected, in order of registration.
std::vector<TaskId> find_tasks(const SchedulerState& state, const rpc::RetryTasks& request) {
    std::vector<TaskId> found;
    if (request.task_id) {
        const auto id = state.tasks.find(*request.task_id);
        if (id && can_be_retried(state.tasks[*id])) found.push_back(*id);
        return found;
    }
    for (const Status status : {Status::failed, Status::disabled})
        for (const TaskId id : state.tasks.index().with_status(status))
            if (can_be_retried(state.tasks[id]) && is_selected(state.tasks[id], request)) found.push_back(id);
    std::ranges::sort(found, {}, [&](TaskId id) { return state.tasks[id].sequence; });
    return found;
}

}  // namespace

Json retry_tasks(SchedulerState& state, const rpc::RetryTasks& request, Time now) {
    const auto tasks = find_tasks(state, request);
    Json::Array ids;
    for (const TaskId task : tasks) {
        const std::string id = state.tasks[task].id;
        if (ids.size() < max_named) ids.emplace_back(id);
        if (request.dry_run) continue;
        re_enable_task(state, {.task_id = id, .principal = request.principal}, now);  // a task that is DISABLED
        forgive_failures(state, {.task_id = id, .principal = request.principal}, now);
    }
    Json answer = Json::Object{{"retried", static_cast<std::int64_t>(tasks.size())}, {"task_ids", std::move(ids)}};
    if (request.task_id) {
        const auto id = state.tasks.find(*request.task_id);
        answer["task_id"] = *request.task_id;
        answer["status"] = id ? Json(text(state.tasks[*id].status)) : Json();
    }
    return answer;
}

}  // namespace freshet::scheduler
