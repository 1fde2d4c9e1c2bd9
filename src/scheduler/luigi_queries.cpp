// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/luigi_queries.hpp"

#include "base/time.hpp"
#include "rpc/json_fields.hpp"
#include "scheduler/resources.hpp"

#include <algorithm>
#include <span>

namespace freshet::scheduler {

namespace {

Json names(const WorkerSet& worker_set) {
    Json list = Json::array();
    for (const Symbol& name : *worker_set) list.push_back(*name);
    return list;
}

Json seconds_or_null(Time time) { return time == never ? Json() : Json(epoch_seconds(time)); }

std::string first_task_of(const SchedulerState& state, const Worker& worker) {
    const Json& value = info_value(worker, "first_task");
    if (!value.is_string()) return {};
    const auto id = state.tasks.find(value.as_string());
    return id ? display_name(state.tasks[*id]) : value.as_string();
}

void append_work(const SchedulerState& state, const Worker& worker, Json::Object& json) {
    const TaskIndex& index = state.tasks.index();
    Json::Object running;
    for (const Rank& rank : index.running_of(worker.name))
        running.emplace_back(state.tasks[rank.task].id, serialize_task(state, rank.task));
    std::int64_t pending = 0;
    std::int64_t unique = 0;
    for (const WorkerSet& worker_set : index.worker_sets_of(worker.name)) {
        pending += index.worker_set_counts().at(worker_set).pending;
        if (worker_set->size() == 1) unique += index.worker_set_counts().at(worker_set).pending;
    }
    json.emplace_back("num_running", running.size());
    json.emplace_back("num_pending", pending);
    json.emplace_back("num_uniques", unique);
    json.emplace_back("running", std::move(running));
}

Json worker_json(const SchedulerState& state, const Worker& worker, bool include_running) {
    Json::Object json{{"name", *worker.name},
                      {"last_active", epoch_seconds(worker.last_active)},
                      {"started", epoch_seconds(worker.started)},
                      {"state", worker.disabled ? "disabled" : "active"},
                      {"first_task_display_name", first_task_of(state, worker)},
                      {"num_unread_rpc_messages", worker.messages.size()}};
    json.insert(json.end(), worker.info.begin(), worker.info.end());
    if (include_running) append_work(state, worker, json);
    return json;
}

Json::Object consumers(const SchedulerState& state, const std::string& resource) {
    Json::Object running;
    for (const Rank& rank : state.tasks.index().running())
        if (state.tasks[rank.task].resources->contains(resource))
            running.emplace_back(state.tasks[rank.task].id, serialize_task(state, rank.task));
    return running;
}

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

Json worker_list(const SchedulerState& state, const rpc::WorkerList& request) {
    std::vector<const Worker*> workers;
    for (const auto& [name, worker] : state.workers.all()) workers.push_back(&worker);
    std::stable_sort(workers.begin(), workers.end(),
                     [](const Worker* a, const Worker* b) { return a->started > b->started; });
    Json list = Json::array();
    for (const Worker* worker : workers) list.push_back(worker_json(state, *worker, request.include_running));
    return list;
}

Json resource_list(const SchedulerState& state, Time now) {
    Json list = Json::array();
    for (const auto& [name, limit] : state.limits) {
        Json::Object running = consumers(state, name);
        list.push_back(Json::Object{{"name", name},
                                    {"num_total", limit},
                                    {"num_used", used_amount(state, state.tasks.index().used(), name, now)},
                                    {"num_consumer", running.size()},
                                    {"running", std::move(running)}});
    }
    return list;
}

}  // namespace freshet::scheduler
