// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/task_snapshot.hpp"

#include "dashboard/snapshot.hpp"
#include "freshet/text.hpp"
#include "rpc/error_summary.hpp"
#include "scheduler/rerun.hpp"

#include <tuple>

namespace freshet::dashboard {

namespace {

constexpr std::size_t max_neighbours = 100;
constexpr std::size_t max_parameters = 100;
constexpr std::size_t max_value_length = 4'000;
constexpr std::size_t max_error_length = 64'000;  // several long tracebacks
constexpr int max_attempts = 30;
constexpr int max_changes = 50;

TruncatedList<TaskRef> refs(const TaskTable& tasks, const std::vector<TaskId>& ids) {
    TruncatedList<TaskRef> list{.total = ids.size()};
    std::vector<std::tuple<int, std::size_t, TaskId>> ranked;
    for (std::size_t i = 0; i < ids.size() && i < max_scanned; ++i)
        ranked.emplace_back(blocking_rank(tasks[ids[i]].known ? tasks[ids[i]].status : Status::unknown), i, ids[i]);
    std::ranges::sort(ranked);
    if (ranked.size() > max_neighbours) ranked.resize(max_neighbours);
    for (const auto& entry : ranked) list.items.push_back(ref_of(tasks[std::get<TaskId>(entry)]));
    return list;
}

void take_parameters(const Task& task, TaskSnapshot& snapshot) {
    for (const auto& [name, value] : public_parameters(task)) {
        if (snapshot.params.size() == max_parameters) break;
        snapshot.params.emplace_back(shortened(name, max_text_length), shortened(value, max_value_length));
    }
    for (const auto& [name, value] : snapshot.params)
        if (task.name_params ? std::ranges::count(*task.name_params, name) > 0 : !value.empty())
            snapshot.in_name.insert(name);
    for (const auto& [name, visibility] : *task.visibilities)
        if (visibility != 0 && snapshot.hidden.size() < max_parameters)
            snapshot.hidden.push_back(shortened(name, max_text_length));
}

void take_workers(const SchedulerState& state, const Task& task, TaskSnapshot& snapshot) {
    if (task.worker_running) snapshot.runner = *task.worker_running;  // whole: a message is sent to it
    for (const scheduler::Symbol& name : *task.workers) {
        const scheduler::Worker* worker = state.workers.find(*name);
        if (!worker || !takes_tasks(state, *worker, snapshot.taken)) continue;
        ++snapshot.workers.total;
        if (snapshot.workers.items.size() < max_stalled)
            snapshot.workers.items.push_back(shortened(*name, max_text_length));
    }
    snapshot.can_be_run_now = can_be_run_now(state, task, snapshot.taken);
}

void take_statistics(const Json& statistics, TaskSnapshot& snapshot) {
    if (!statistics.is_object()) return;
    for (const auto& [name, value] : statistics.as_object()) {
        if (snapshot.statistics.size() == max_parameters) break;
        snapshot.statistics.emplace_back(
            shortened(name, max_text_length),
            shortened(value.is_string() ? value.as_string() : value.text(), max_value_length));
    }
}

void take_details(const Task& task, TaskSnapshot& snapshot) {
    const scheduler::Details& more = details(task);
    snapshot.tracking_url = shortened(more.tracking_url.value_or(""), max_value_length);
    snapshot.message = shortened(more.status_message.value_or(""), max_value_length);
    snapshot.progress = percentage(more.progress_percentage);
    take_statistics(more.statistics, snapshot);
    if (more.scheduling_failure)
        snapshot.error = shortened(rpc::readable_message(*more.scheduling_failure->why), max_error_length);
    else if (task.expl && *task.expl != "null")
        snapshot.error = shortened(rpc::readable_message(*task.expl), max_error_length);
}

}  // namespace

int blocking_rank(Status status) {
    switch (status) {
        case Status::disabled:
            return 0;
        case Status::failed:
            return 1;
        case Status::running:
        case Status::batch_running:
            return 2;
        case Status::unknown:
            return 3;
        case Status::pending:
            return 4;
        default:
            return 5;
    }
}

std::optional<TaskSnapshot> take_task_snapshot(const SchedulerState& state, std::string_view id, Time now) {
    const auto found = state.tasks.find(id);
    if (!found) return std::nullopt;
    const Task& task = state.tasks[*found];
    TaskSnapshot snapshot{.taken = now,
                          .ref = ref_of(task),
                          .why = explain(state, *found, now),
                          .cause = cause_of(state, *found),
                          .family = shortened(*task.family, max_text_length),
                          .module = task.module ? shortened(*task.module, max_text_length) : "",
                          .registered = task.created,
                          .updated = task.updated,
                          .attempts = task.attempts,
                          .priority = task.priority,
                          .resources = *task.resources,
                          .has_alert = alert_level_of(task) != AlertLevel::none,
                          .is_disabled_by_scheduler = details(task).disabled_by_scheduler,
                          .accepts_messages = task.accepts_messages && state.config.send_messages,
                          .requirements = refs(state.tasks, task.deps),
                          .dependants = refs(state.tasks, task.dependants)};
    const bool pauses = task.status == Status::failed || task.status == Status::disabled;
    if (pauses && task.retry_at != scheduler::never) snapshot.retry_at = task.retry_at;
    if (const auto* worker = scheduler::rerun_worker(state, task, now))
        snapshot.rerun_worker = shortened(*worker->name, max_text_length);
    take_parameters(task, snapshot);
    take_workers(state, task, snapshot);
    take_details(task, snapshot);
    return snapshot;
}

TaskHistory read_history(store::History& history, std::string_view id) {
    TaskHistory result{.has_state_file = true,
                       .attempts = history.newest_attempts_of(id, max_attempts + 1),
                       .changes = history.newest_changes_of(id, max_changes + 1)};
    result.has_more_attempts = result.attempts.size() > max_attempts;
    result.has_more_changes = result.changes.size() > max_changes;
    if (result.has_more_attempts) result.attempts.pop_back();
    if (result.has_more_changes) result.changes.pop_back();
    return result;
}

}  // namespace freshet::dashboard
