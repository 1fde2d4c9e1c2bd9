// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/luigi_queries.hpp"

#include "base/time.hpp"
#include "base/utf8.hpp"
#include "freshet/text.hpp"
#include "rpc/json_fields.hpp"
#include "scheduler/serialise.hpp"
#include "scheduler/upstream_status.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace freshet::scheduler {

namespace {

std::size_t shown_limit(const SchedulerState& state, const rpc::TaskList& request) {
    const std::int64_t own = request.max_shown_tasks.value_or(0);
    return static_cast<std::size_t>(own > 0 ? own : state.config.max_shown_tasks);
}

std::vector<std::string> terms_of(const std::optional<std::string>& search) {
    std::istringstream words(lower_utf8(search.value_or("")));
    return {std::istream_iterator<std::string>(words), {}};
}

bool contains_all(const std::string& name, const std::vector<std::string>& terms) {
    return std::all_of(terms.begin(), terms.end(),
                       [&](const std::string& term) { return name.find(term) != std::string::npos; });
}

std::vector<TaskId> with_status(const SchedulerState& state, const std::string& status) {
    if (status.empty()) return state.tasks.in_order();
    const auto known = rpc::status_from(status);
    return known ? state.tasks.in_order(*known) : std::vector<TaskId>{};
}

}  // namespace

std::optional<Json> count_if_too_many(const SchedulerState& state, const rpc::TaskList& request) {
    if ((request.search && !request.search->empty()) || !request.limit) return std::nullopt;
    const auto status = rpc::status_from(request.status);
    const TaskIndex& index = state.tasks.index();
    const std::size_t count = request.status.empty() ? index.count() : status ? index.count(*status) : 0;
    if (count <= shown_limit(state, request)) return std::nullopt;
    return Json::Object{{"num_tasks", request.upstream_status.empty() ? Json(count) : Json(-1)}};
}

Json task_list(const SchedulerState& state, const rpc::TaskList& request) {
    const auto terms = terms_of(request.search);
    UpstreamStatus upstream(state);
    Json::Object tasks;
    for (const TaskId id : with_status(state, request.status)) {
        const Task& task = state.tasks[id];
        if (!terms.empty() && !contains_all(lower_utf8(display_name(task)), terms)) continue;
        if (task.status == Status::pending && !request.upstream_status.empty() &&
            request.upstream_status != upstream.status(id))
            continue;
        tasks.emplace_back(task.id, serialize_task(state, id));
    }
    if (request.limit && tasks.size() > shown_limit(state, request)) return Json::Object{{"num_tasks", tasks.size()}};
    return tasks;
}

Json task_search(const SchedulerState& state, const rpc::TaskSearch& request) {
    std::map<std::string_view, Json::Object> by_status;
    for (const TaskId id : state.tasks.in_order()) {
        const Task& task = state.tasks[id];
        if (task.id.find(request.task_str) != std::string::npos)
            by_status[text(task.status)].emplace_back(task.id, serialize_task(state, id));
    }
    Json::Object found;
    for (auto& [status, tasks] : by_status) found.emplace_back(status, std::move(tasks));
    return found;
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
