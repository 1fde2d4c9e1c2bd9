// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/serialise.hpp"

#include "base/time.hpp"
#include "wire/values.hpp"

namespace freshet::scheduler {

namespace {

Json names(const Crew& crew) {
    Json list = Json::array();
    for (const Name& name : *crew) list.push_back(*name);
    return list;
}

Json seconds_or_null(Time time) { return time == never ? Json() : Json(epoch_seconds(time)); }

}  // namespace

Json::Object serialised(const Board& board, TaskId id) {
    const Task& task = board.tasks[id];
    const Details& more = details(task);
    Json::Object json{
        {"display_name", display_name(task)},
        {"status", text(task.status)},
        {"workers", names(task.workers)},
        {"worker_running", task.runner ? Json(*task.runner) : Json()},
        {"time_running", seconds_or_null(task.time_running)},
        {"start_time", epoch_seconds(task.created)},
        {"last_updated", epoch_seconds(task.updated)},
        {"params", wire::values::write(public_parameters(task))},
        {"name", *task.family},
        {"priority", wire::values::write(task.priority)},
        {"resources", wire::values::write(*task.resources)},
        {"resources_running", task.resources_running ? wire::values::write(*task.resources_running) : Json()},
        {"tracking_url", wire::values::write(more.tracking_url)},
        {"status_message", wire::values::write(more.status_message)},
        {"progress_percentage", more.progress_percentage}};
    if (task.status == Status::disabled) json.emplace_back("re_enable_able", more.disabled_by_scheduler);
    if (board.config.send_messages && task.status == Status::running)
        json.emplace_back("accepts_messages", task.accepts_messages);
    return json;
}

Json serialised_with_deps(const Board& board, TaskId id) {
    Json::Object json = serialised(board, id);
    json.emplace_back("deps", ids_of(board, board.tasks[id].deps));
    return json;
}

Json ids_of(const Board& board, std::span<const TaskId> tasks) {
    Json ids = Json::array();
    for (const TaskId task : tasks) ids.push_back(board.tasks[task].id);
    return ids;
}

}  // namespace freshet::scheduler
