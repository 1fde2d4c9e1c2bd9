// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/queries.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "base/utf8.hpp"
#include "scheduler/serialise.hpp"
#include "scheduler/upstream.hpp"
#include "wire/values.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace freshet::scheduler {

namespace {

std::size_t shown_limit(const Board& board, const wire::TaskList& request) {
    const std::int64_t own = request.max_shown_tasks.value_or(0);
    return static_cast<std::size_t>(own > 0 ? own : board.config.max_shown_tasks);
}

std::vector<std::string> terms_of(const std::optional<std::string>& search) {
    std::istringstream words(in_small_letters(search.value_or("")));
    return {std::istream_iterator<std::string>(words), {}};
}

bool contains_all(const std::string& name, const std::vector<std::string>& terms) {
    return std::all_of(terms.begin(), terms.end(),
                       [&](const std::string& term) { return name.find(term) != std::string::npos; });
}

std::vector<TaskId> with_status(const Board& board, const std::string& status) {
    if (status.empty()) return board.tasks.in_order();
    const auto known = wire::status_from(status);
    return known ? board.tasks.in_order(*known) : std::vector<TaskId>{};
}

}  // namespace

std::optional<Json> too_many(const Board& board, const wire::TaskList& request) {
    if ((request.search && !request.search->empty()) || !request.limit) return std::nullopt;
    const auto status = wire::status_from(request.status);
    const Index& index = board.tasks.index();
    const std::size_t count = request.status.empty() ? index.count() : status ? index.count(*status) : 0;
    if (count <= shown_limit(board, request)) return std::nullopt;
    return Json::Object{{"num_tasks", request.upstream_status.empty() ? Json(count) : Json(-1)}};
}

Json task_list(const Board& board, const wire::TaskList& request) {
    const auto terms = terms_of(request.search);
    Upstream upstream(board);
    Json::Object tasks;
    for (const TaskId id : with_status(board, request.status)) {
        const Task& task = board.tasks[id];
        if (!terms.empty() && !contains_all(in_small_letters(display_name(task)), terms)) continue;
        if (task.status == Status::pending && !request.upstream_status.empty() &&
            request.upstream_status != upstream.status(id))
            continue;
        tasks.emplace_back(task.id, serialised(board, id));
    }
    if (request.limit && tasks.size() > shown_limit(board, request)) return Json::Object{{"num_tasks", tasks.size()}};
    return tasks;
}

Json task_search(const Board& board, const wire::TaskSearch& request) {
    std::map<std::string_view, Json::Object> by_status;
    for (const TaskId id : board.tasks.in_order()) {
        const Task& task = board.tasks[id];
        if (task.id.find(request.task_str) != std::string::npos)
            by_status[text(task.status)].emplace_back(task.id, serialised(board, id));
    }
    Json::Object found;
    for (auto& [status, tasks] : by_status) found.emplace_back(status, std::move(tasks));
    return found;
}

Json fetch_error(const Board& board, const wire::FetchError& request) {
    const auto id = board.tasks.find(request.task_id);
    if (!id) return Json::Object{{"taskId", request.task_id}, {"error", ""}};
    const Task& task = board.tasks[*id];
    return Json::Object{{"taskId", request.task_id},
                        {"error", task.expl ? Json(*task.expl) : Json()},
                        {"displayName", display_name(task)},
                        {"taskParams", wire::values::write(task.params)},
                        {"taskModule", task.module ? Json(*task.module) : Json()},
                        {"taskFamily", *task.family}};
}

Json status_message(const Board& board, const wire::GetTaskStatusMessage& request) {
    const auto id = board.tasks.find(request.task_id);
    return Json::Object{
        {"taskId", request.task_id},
        {"statusMessage", id ? wire::values::write(details(board.tasks[*id]).status_message) : Json("")}};
}

Json progress(const Board& board, const wire::GetTaskProgressPercentage& request) {
    const auto id = board.tasks.find(request.task_id);
    return Json::Object{{"taskId", request.task_id},
                        {"progressPercentage", id ? details(board.tasks[*id]).progress_percentage : Json()}};
}

Json running_resources(const Board& board, const wire::GetRunningTaskResources& request) {
    const auto id = board.tasks.find(request.task_id);
    const Demand resources = id ? board.tasks[*id].resources_running : Demand();
    return Json::Object{{"taskId", request.task_id},
                        {"resources", resources ? wire::values::write(*resources) : Json()}};
}

}  // namespace freshet::scheduler
