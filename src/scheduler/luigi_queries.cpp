// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/luigi_queries.hpp"

#include "base/time.hpp"
#include "rpc/json_fields.hpp"

#include <span>

namespace freshet::scheduler {

namespace {

Json names(const WorkerSet& worker_set) {
    Json list = Json::array();
    for (const Symbol& name : *worker_set) list.push_back(*name);
    return list;
}

Json seconds_or_null(Time time) { return time == never ? Json() : Json(epoch_seconds(time)); }

}  // namespace

Json::Object serialize_task(const SchedulerState& state, TaskId id) {
    const Task& task = state.tasks[id];
    const Details& more = details(task);
    Json::Object json{
        {"display_name", display_name(task)},
        {"status", text(task.status)},
        {"workers", names(task.workers)},
        {"worker_running", task.worker_running ? Json(*task.worker_running) : Json()},
        {"time_running", seconds_or_null(task.time_running)},
        {"start_time", epoch_seconds(task.created)},
        {"last_updated", epoch_seconds(task.updated)},
        {"params", rpc::json_fields::write(public_parameters(task))},
        {"name", *task.family},
        {"priority", rpc::json_fields::write(task.priority)},
        {"resources", rpc::json_fields::write(*task.resources)},
        {"resources_running", task.resources_running ? rpc::json_fields::write(*task.resources_running) : Json()},
        {"tracking_url", rpc::json_fields::write(more.tracking_url)},
        {"status_message", rpc::json_fields::write(more.status_message)},
        {"progress_percentage", more.progress_percentage}};
    if (task.status == Status::disabled) json.emplace_back("re_enable_able", more.disabled_by_scheduler);
    if (state.config.send_messages && task.status == Status::running)
        json.emplace_back("accepts_messages", task.accepts_messages);
    return json;
}

Json ids_of(const SchedulerState& state, std::span<const TaskId> tasks) {
    Json ids = Json::array();
    for (const TaskId task : tasks) ids.push_back(state.tasks[task].id);
    return ids;
}

Json serialize_task_with_deps(const SchedulerState& state, TaskId id) {
    Json::Object json = serialize_task(state, id);
    json.emplace_back("deps", ids_of(state, state.tasks[id].deps));
    return json;
}

Json fetch_error(const SchedulerState& state, const rpc::FetchError& request) {
    const auto id = state.tasks.find(request.task_id);
    if (!id) return Json::Object{{"taskId", request.task_id}, {"error", ""}};
    const Task& task = state.tasks[*id];
    return Json::Object{{"taskId", request.task_id},
                        {"error", task.expl ? Json(*task.expl) : Json()},
                        {"displayName", display_name(task)},
                        {"taskParams", rpc::json_fields::write(task.params)},
                        {"taskModule", task.module ? Json(*task.module) : Json()},
                        {"taskFamily", *task.family}};
}

Json status_message(const SchedulerState& state, const rpc::GetTaskStatusMessage& request) {
    const auto id = state.tasks.find(request.task_id);
    return Json::Object{
        {"taskId", request.task_id},
        {"statusMessage", id ? rpc::json_fields::write(details(state.tasks[*id]).status_message) : Json("")}};
}

Json progress(const SchedulerState& state, const rpc::GetTaskProgressPercentage& request) {
    const auto id = state.tasks.find(request.task_id);
    return Json::Object{{"taskId", request.task_id},
                        {"progressPercentage", id ? details(state.tasks[*id]).progress_percentage : Json()}};
}

Json running_resources(const SchedulerState& state, const rpc::GetRunningTaskResources& request) {
    const auto id = state.tasks.find(request.task_id);
    const ResourceRequest resources = id ? state.tasks[*id].resources_running : ResourceRequest();
    return Json::Object{{"taskId", request.task_id},
                        {"resources", resources ? rpc::json_fields::write(*resources) : Json()}};
}

}  // namespace freshet::scheduler
