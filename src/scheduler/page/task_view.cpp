// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/task_view.hpp"

#include "base/text.hpp"
#include "scheduler/page/bounds.hpp"

#include <tuple>

namespace freshet::scheduler::page {

namespace {

constexpr std::size_t most_neighbours = 100;
constexpr std::size_t most_parameters = 100;
constexpr std::size_t longest_value = 4'000;
constexpr std::size_t longest_error = 64'000;  // a long traceback, several times over
constexpr int most_attempts = 30;
constexpr int most_changes = 50;

/// Those that hold something up come first.
int rank(Status status) {
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

Listed<TaskRef> refs(const TaskTable& tasks, const std::vector<TaskId>& ids) {
    Listed<TaskRef> list{.total = ids.size()};
    std::vector<std::tuple<int, std::size_t, TaskId>> ranked;
    for (std::size_t i = 0; i < ids.size() && i < most_scanned; ++i)
        ranked.emplace_back(rank(tasks[ids[i]].known ? tasks[ids[i]].status : Status::unknown), i, ids[i]);
    std::ranges::sort(ranked);
    if (ranked.size() > most_neighbours) ranked.resize(most_neighbours);
    for (const auto& entry : ranked) list.items.push_back(ref_of(tasks[std::get<TaskId>(entry)]));
    return list;
}

void take_parameters(const Task& task, TaskView& view) {
    for (const auto& [name, value] : public_parameters(task)) {
        if (view.params.size() == most_parameters) break;
        view.params.emplace_back(shortened(name, longest_text), shortened(value, longest_value));
    }
    for (const auto& [name, visibility] : *task.visibilities)
        if (visibility != 0 && view.hidden.size() < most_parameters)
            view.hidden.push_back(shortened(name, longest_text));
}

void take_runner(const Task& task, TaskView& view) {
    if (task.runner) view.runner = shortened(*task.runner, longest_text);
    view.workers.total = task.workers->size();
    for (const Name& worker : *task.workers)
        if (view.workers.items.size() < most_stuck) view.workers.items.push_back(shortened(*worker, longest_text));
}

void take_details(const Task& task, TaskView& view) {
    const Details& more = details(task);
    view.tracking_url = shortened(more.tracking_url.value_or(""), longest_value);
    view.message = shortened(more.status_message.value_or(""), longest_value);
    view.progress = percentage(more.progress_percentage);
    if (more.unplanned)
        view.error = shortened(plain(*more.unplanned->why), longest_error);
    else if (task.expl && *task.expl != "null")
        view.error = shortened(plain(*task.expl), longest_error);
}

}  // namespace

std::optional<TaskView> take_task(const Board& board, std::string_view id, Time now) {
    const auto found = board.tasks.find(id);
    if (!found) return std::nullopt;
    const Task& task = board.tasks[*found];
    TaskView view{.taken = now,
                  .task = ref_of(task),
                  .why = explain(board, *found, now),
                  .family = shortened(*task.family, longest_text),
                  .module = task.module ? shortened(*task.module, longest_text) : "",
                  .registered = task.created,
                  .updated = task.updated,
                  .attempts = task.attempts,
                  .priority = task.priority,
                  .resources = *task.resources,
                  .requirements = refs(board.tasks, task.deps),
                  .dependants = refs(board.tasks, task.dependants)};
    const bool pauses = task.status == Status::failed || task.status == Status::disabled;
    if (pauses && task.wake != never) view.next_chance = task.wake;
    take_parameters(task, view);
    take_runner(task, view);
    take_details(task, view);
    return view;
}

TaskPast read_past(store::History& history, std::string_view id) {
    TaskPast past{.is_kept = true,
                  .attempts = history.newest_attempts_of(id, most_attempts + 1),
                  .changes = history.newest_changes_of(id, most_changes + 1)};
    past.has_more_attempts = past.attempts.size() > most_attempts;
    past.has_more_changes = past.changes.size() > most_changes;
    if (past.has_more_attempts) past.attempts.pop_back();
    if (past.has_more_changes) past.changes.pop_back();
    return past;
}

}  // namespace freshet::scheduler::page
