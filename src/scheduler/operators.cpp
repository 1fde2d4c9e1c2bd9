// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/operators.hpp"

#include "scheduler/serialise.hpp"
#include "scheduler/set_status.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <utility>

namespace freshet::scheduler {

namespace {

/// Runs `f` on the task, and on the members when it is a combined one.
template <class F>
void change_with_members(Board& board, const std::string& task_id, F&& f) {
    const auto id = board.tasks.find(task_id);
    if (!id) return;
    board.tasks.change(*id, f);
    if (board.tasks[*id].status != Status::running) return;
    for (const TaskId member : members(board, board.tasks[*id].batch)) board.tasks.change(member, f);
}

Json status_answer(const Board& board, const std::string& task_id) {
    const auto id = board.tasks.find(task_id);
    const Json name = task_id.empty() ? Json() : Json(task_id);  // Luigi's default is null
    return Json::Object{{"task_id", name}, {"status", id ? Json(text(board.tasks[*id].status)) : Json()}};
}

wire::Resources decreased(wire::Resources resources, const wire::Resources& amounts) {
    for (const auto& [name, amount] : amounts) {
        const auto found = resources.find(name);
        if (amount > 0 && found != resources.end()) found->second = std::max<std::int64_t>(0, found->second - amount);
    }
    return resources;
}

}  // namespace

void set_status_message(Board& board, const wire::SetTaskStatusMessage& request) {
    change_with_members(board, request.task_id,
                        [&](Task& task) { details(task).status_message = request.status_message; });
}

void set_progress(Board& board, const wire::SetTaskProgressPercentage& request) {
    change_with_members(board, request.task_id,
                        [&](Task& task) { details(task).progress_percentage = request.progress_percentage; });
}

void decrease_resources(Board& board, const wire::DecreaseRunningTaskResources& request) {
    const auto id = board.tasks.find(request.task_id);
    if (!id || board.tasks[*id].status != Status::running) return;
    change_with_members(board, request.task_id, [&](Task& task) {
        if (task.resources_running)
            task.resources_running = board.tasks.demand(decreased(*task.resources_running, request.decrease_resources));
    });
}

Json forgive_failures(Board& board, const wire::ForgiveFailures& request, Time now) {
    const auto id = board.tasks.find(request.task_id);
    if (id && board.tasks[*id].status == Status::failed) {
        board.tasks.change(*id, [](Task& task) { task.tries = 0; });
        set_status(board, *id, Status::pending, {.now = now, .message = "forgiven"});
    }
    return status_answer(board, request.task_id);
}

Json mark_as_done(Board& board, const wire::MarkAsDone& request, Time now) {
    const auto id = board.tasks.find(request.task_id);
    if (id) {
        const Status status = board.tasks[*id].status;
        if (status == Status::running || status == Status::failed || status == Status::disabled)
            set_status(board, *id, Status::done, {.now = now, .message = "marked as done"});
    }
    return status_answer(board, request.task_id);
}

Json re_enable_task(Board& board, const wire::ReEnableTask& request, Time now) {
    const auto id = board.tasks.find(request.task_id);
    if (!id || board.tasks[*id].status != Status::disabled || !details(board.tasks[*id]).disabled_by_scheduler)
        return Json::object();
    re_enable(board, *id, now);
    return serialised_with_deps(board, *id);
}

Json send_message(Board& board, const wire::SendSchedulerMessage& request, Time now) {
    if (!board.config.send_messages) return Json::Object{{"message_id", nullptr}};
    Worker& worker = board.workers.get(request.worker, now);
    board.settings_changed = true;
    const std::string message_id = fmt::format("m{}-{:x}", ++board.last_message, board.seed & 0xffffffffU);
    worker.messages.push_back({"dispatch_scheduler_message",
                               {{"task_id", request.task}, {"message_id", message_id}, {"content", request.content}}});
    board.workers.mark(worker);
    return Json::Object{{"message_id", message_id}};
}

void add_message_response(Board& board, const wire::AddSchedulerMessageResponse& request) {
    if (const auto id = board.tasks.find(request.task_id))
        board.tasks.change(*id, [&](Task& task) { details(task).responses[request.message_id] = request.response; });
}

Json take_message_response(Board& board, const wire::GetSchedulerMessageResponse& request) {
    Json response;
    const auto id = board.tasks.find(request.task_id);
    if (id && details(board.tasks[*id]).responses.contains(request.message_id))
        board.tasks.change(
            *id, [&](Task& task) { response = details(task).responses.extract(request.message_id).mapped(); });
    return Json::Object{{"response", std::move(response)}};
}

wire::Messages ping(Board& board, const wire::Ping& request, Time now) {
    Worker& worker = board.workers.touch(request.worker, now);
    if (worker.messages.empty()) return {};
    board.workers.mark(worker);
    return {std::exchange(worker.messages, {})};
}

void set_worker_processes(Board& board, const wire::SetWorkerProcesses& request, Time now) {
    Worker& worker = board.workers.get(request.worker, now);
    worker.messages.push_back({"set_worker_processes", {{"n", request.n}}});
    board.workers.mark(worker);
}

void add_worker(Board& board, const wire::AddWorker& request, Time now) {
    Worker& worker = board.workers.get(request.worker, now);
    for (const auto& [name, value] : request.info) set_fact(worker, name, value);
    board.workers.mark(worker);
    ++board.openings;
}

void add_batcher(Board& board, const wire::AddTaskBatcher& request, Time now) {
    board.workers.add_batcher(request.worker, request.task_family, {request.batched_args, request.max_batch_size}, now);
}

void set_paused(Board& board, bool paused) {
    if (!board.config.pause_enabled) return;
    board.paused = paused;
    ++board.openings;
    board.settings_changed = true;
}

void update_resources(Board& board, const wire::Resources& limits) {
    for (const auto& [name, amount] : limits) board.limits[name] = board.changed_limits[name] = amount;
    board.settings_changed = true;
    ++board.openings;
}

void configure_resources(Board& board, wire::Resources limits, std::set<std::string> rates) {
    const wire::Resources before = std::exchange(board.config.resources, std::move(limits));
    const wire::Resources& after = board.config.resources;
    std::erase_if(board.changed_limits, [&](const auto& change) {
        if (board.rates.has(change.first) != rates.contains(change.first)) return true;
        const auto one = before.find(change.first), other = after.find(change.first);
        const bool was_there = one != before.end(), is_there = other != after.end();
        return was_there != is_there || (is_there && one->second != other->second);
    });
    board.rates.rename(std::move(rates));
    board.limits = after;
    for (const auto& [name, amount] : board.changed_limits) board.limits[name] = amount;
    board.settings_changed = true;
    ++board.openings;
}

bool update_resource(Board& board, const wire::UpdateResource& request) {
    const Json& amount = request.amount;
    if (!amount.is_bool() && (!amount.is_integer() || amount.as_integer() < 0)) return false;
    update_resources(board, {{request.resource, amount.is_bool() ? amount.as_bool() : amount.as_integer()}});
    return true;
}

}  // namespace freshet::scheduler
