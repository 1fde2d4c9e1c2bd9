// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/serialise.hpp"

#include "base/time.hpp"
#include "rpc/json_fields.hpp"

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

Json serialize_task_with_deps(const SchedulerState& state, TaskId id) {
    Json::Object json = serialize_task(state, id);
    json.emplace_back("deps", ids_of(state, state.tasks[id].deps));
    return json;
}

Json ids_of(const SchedulerState& state, std::span<const TaskId> tasks) {
    Json ids = Json::array();
    for (const TaskId task : tasks) ids.push_back(state.tasks[task].id);
    return ids;
}

}  // namespace freshet::scheduler
