// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/workers_page.hpp"

#include "dashboard/action_form.hpp"
#include "dashboard/front_page_tables.hpp"
#include "dashboard/json_values.hpp"
#include "dashboard/page_layout.hpp"
#include "dashboard/task_list_page.hpp"
#include "dashboard/view_data.hpp"

#include <fmt/format.h>

namespace freshet::dashboard {

namespace {

TruncatedList<TaskRef> tasks_run_by(const SchedulerState& state, const scheduler::Symbol& worker) {
    const scheduler::RankedTasks& running = state.tasks.index().running_of(worker);
    TruncatedList<TaskRef> tasks{.total = running.size()};
    for (auto rank = running.begin(); rank != running.end() && tasks.items.size() < max_tasks_of_worker; ++rank)
        tasks.items.push_back(ref_of(state.tasks[rank->task]));
    return tasks;
}

Html running_cell(const WorkersView::Entry& entry) {
    Html cell = fmt::format("{} of {}", entry.worker.running, entry.worker.slots);
    for (const TaskRef& task : entry.running.items)
        cell.append(tag("span", {{"class", "sub"}}, link_to(task, "task/")));
    if (entry.running.total > entry.running.items.size()) {
        const std::string all =
            task_list_address({.status = std::string(rpc::text(Status::running)), .worker = entry.worker.name});
        cell.append(tag("span", {{"class", "sub"}}, tag("a", {{"href", all}}, Html::markup("all of them"))));
    }
    return cell;
}

Html actions_of(const WorkerLine& worker) {
    if (worker.name.size() >= max_text_length) return {};  // the name may be cut off
    if (worker.is_disabled) return {};
    Html actions;
    actions.append(action_form(
        {.label = "Drain",
         .method = "disable_worker",
         .effect = Html::markup("The worker gets no more tasks; what it runs goes on, and then it ends by itself. "
                                "This cannot be taken back; start another worker instead."),
         .arguments = Json::Object{{"worker", worker.name}},
         .home = "./"}));
    actions.append(action_form(
        {.label = "Resize",
         .method = "set_worker_processes",
         .effect =
             Html::markup("The worker runs as many tasks at once from its next heartbeat on. If it runs more now, "
                          "these go on."),
         .arguments = Json::Object{{"worker", worker.name}},
         .fields = number_field("Tasks at once", "n", worker.slots, 1, max_set_processes),
         .home = "./"}));
    return actions;
}

Html pause_action(const WorkersView& view) {
    if (!view.may_operate || !view.can_pause) return {};
    if (view.is_paused)
        return action_form({.label = "Unpause the scheduler",
                            .method = "unpause",
                            .effect = Html::markup("Tasks are assigned to workers again."),
                            .home = "./"});
    return action_form({.label = "Pause the scheduler",
                        .method = "pause",
                        .effect = Html::markup("No task is assigned to any worker until it is unpaused. What runs goes "
                                               "on, and its results are taken."),
                        .home = "./"});
}

Html scheduler_box(const WorkersView& view) {
    const Severity severity = view.is_paused ? Severity::warning : Severity::ok;
    const Html text = view.is_paused ? Html::markup("The scheduler is paused: no task is assigned.")
                                     : Html::markup("The scheduler assigns tasks.");
    return Html::of(severity_box(severity, tag("p", text)), pause_action(view));
}

Html table_of(const WorkersView& view) {
    if (view.workers.total == 0) return tag("p", {{"class", "note"}}, Html::markup("No worker is connected."));
    std::vector<Column> columns = {{"State"}, {"Worker"}, {"Running"}, {"Last seen"}, {"Started"}};
    if (view.may_operate) columns.push_back({"Actions"});
    Table table("workers with-tasks", "Workers", columns);
    for (const WorkersView::Entry& entry : view.workers.items) {
        const WorkerLine& worker = entry.worker;
        std::vector<Html> cells = {badge_of(worker), worker_cell(worker), running_cell(entry),
                                   time_and_age(worker.last_active, view.taken),
                                   time_and_age(worker.started, view.taken)};
        if (view.may_operate) cells.push_back(actions_of(worker));
        table.add(cells);
    }
    return Html::of(table.html(), and_more(view.workers.items.size(), view.workers.total, "workers"));
}

}  // namespace

WorkersView take_workers_view(const SchedulerState& state, Time now) {
    WorkersView view{.is_paused = state.paused, .can_pause = state.config.pause_enabled, .taken = now};
    const TruncatedList<WorkerLine> lines = worker_lines(state, max_listed_workers, now);
    view.workers.total = lines.total;
    for (const WorkerLine& line : lines.items) {
        const scheduler::Worker* const worker = state.workers.find(line.name);
        view.workers.items.push_back({line, worker ? tasks_run_by(state, worker->name) : TruncatedList<TaskRef>{}});
    }
    return view;
}

std::string workers_page(const WorkersView& view) {
    const PageHeader header{
        .title = "Workers · Freshet", .home = "./", .taken = view.taken, .version = view.version, .view = "workers"};
    const Html title = Html::of(Html::markup("Workers "), tag("small", with_thousands(view.workers.total)));
    return document(header, Html::of(tag("h1", title), scheduler_box(view), table_of(view)));
}

Json workers_json(const WorkersView& view) {
    const auto worker_json = [](const WorkersView::Entry& entry) {
        const WorkerLine& worker = entry.worker;
        return Json::Object{{"worker", worker.name},
                            {"host", json_or_null(worker.host)},
                            {"is_disabled", worker.is_disabled},
                            {"is_silent", worker.is_silent},
                            {"is_assistant", worker.is_assistant},
                            {"slots", worker.slots},
                            {"started", json_of(worker.started)},
                            {"last_active", json_of(worker.last_active)},
                            {"first_task", json_or_null(worker.first_task)},
                            {"running", json_of(entry.running, [](const TaskRef& task) { return json_of(task); })}};
    };
    return Json::Object{{"as_of", json_of(view.taken)},
                        {"is_paused", view.is_paused},
                        {"can_pause", view.can_pause},
                        {"workers", json_of(view.workers, worker_json)}};
}

void serve_workers(const Pages& pages, Format format, const api::RequestContext& context, std::monostate,
                   const http::Responder& respond) {
    answer_with_actions(pages, format, context, respond, take_workers_view, workers_page, workers_json);
}

}  // namespace freshet::dashboard
