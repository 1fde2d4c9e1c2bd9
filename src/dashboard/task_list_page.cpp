// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/task_list_page.hpp"

#include "base/time.hpp"
#include "base/url_encoding.hpp"
#include "dashboard/json_values.hpp"
#include "dashboard/page_layout.hpp"
#include "freshet/text.hpp"
#include "scheduler/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace freshet::dashboard {

namespace {

struct FilterField {
    Literal name;   ///< in the address
    Literal label;  ///< in the form
    std::string TaskFilter::*text;
};

constexpr std::array filter_fields = {
    FilterField{"family", "Family", &TaskFilter::family}, FilterField{"text", "Name or parameter", &TaskFilter::text},
    FilterField{"worker", "Worker", &TaskFilter::worker}, FilterField{"error", "Error", &TaskFilter::error},
    FilterField{"below", "Required by", &TaskFilter::below}};

constexpr std::array listed_statuses = {Status::running, Status::failed,  Status::disabled,     Status::pending,
                                        Status::done,    Status::unknown, Status::batch_running};

TaskListPage::Line line_of(const std::string& id, const Json& task) {
    const auto text = [&](std::string_view name) {
        const Json* const found = task.find(name);
        return found && found->is_string() ? shortened(found->as_string(), max_text_length) : std::string();
    };
    return {.task = {.id = id,
                     .name = text("display_name"),
                     .status = rpc::status_from(text("status")).value_or(Status::unknown)},
            .worker = text("worker_running"),
            .updated = time_from_epoch_seconds(task.at("last_updated").as_number()),
            .progress = percentage(task.at("progress_percentage")),
            .message = text("status_message")};
}

Html option(std::string_view value, std::string_view label, bool is_selected) {
    if (is_selected) return tag("option", {{"value", std::string(value)}, {"selected", ""}}, label);
    return tag("option", {{"value", std::string(value)}}, label);
}

Html status_field(const TaskFilter& filter) {
    Html options = option("", "any", filter.status.empty());
    for (const Status status : listed_statuses)
        options.append(option(rpc::text(status), label_of(status), filter.status == rpc::text(status)));
    return tag("label", "State ", tag("select", {{"name", "status"}}, options));
}

Html filter_form(const TaskFilter& filter) {
    Html fields = status_field(filter);
    for (const FilterField& field : filter_fields)
        fields.append(tag("label", Html::markup(field.label), " ",
                          void_element("input", {{"type", "search"},
                                                 {"name", std::string(field.name.text())},
                                                 {"value", filter.*field.text}})));
    return tag("form", {{"method", "get"}, {"action", "tasks"}, {"class", "filter"}, {"role", "search"}}, fields,
               tag("button", Html::markup("Filter")), " ", tag("a", {{"href", "tasks"}}, Html::markup("All tasks")));
}

Html pages_note(const TaskListPage& page) {
    Html note;
    if (page.filter.after) {
        TaskFilter first = page.filter;
        first.after.reset();
        note.append(tag("a", {{"href", task_list_address(first)}}, Html::markup("First page"))).append(" ");
    }
    if (page.next) {
        TaskFilter next = page.filter;
        next.after = page.next;
        note.append(tag("a", {{"href", task_list_address(next)}, {"rel", "next"}}, Html::markup("Next page")));
    }
    return note.empty() ? Html() : tag("nav", {{"class", "more"}, {"aria-label", "Pages"}}, note);
}

Html list_section(const TaskListPage& page) {
    if (page.tasks.empty())
        return tag("p", {{"class", "note"}},
                   page.filter.after ? Html::markup("No more tasks match.") : Html::markup("No task matches."));
    const bool has_errors =
        std::ranges::any_of(page.tasks, [](const TaskListPage::Line& line) { return !line.error.empty(); });
    std::vector<Column> columns = {{"State"}, {"Task"}, {"Worker"}, {"State since"}};
    if (has_errors) columns.insert(columns.begin() + 2, Column{"Error"});
    Table table("tasks", "Tasks", columns);
    for (const TaskListPage::Line& line : page.tasks) {
        std::vector<Html> cells = {
            badge(line.task.status),
            Html::of(link_to(line.task, "task/"), progress_bar(line.progress),
                     line.message.empty() ? Html() : tag("span", {{"class", "sub"}}, line.message)),
            line.worker.empty() ? Html() : tag("code", line.worker), time_and_age(line.updated, page.taken)};
        if (has_errors) cells.insert(cells.begin() + 2, Html(line.error));
        table.add(cells);
    }
    return table.html();
}

}  // namespace

TaskFilter TaskFilter::read(PageQuery& query) {
    TaskFilter filter;
    for (const FilterField& field : filter_fields) filter.*field.text = query.text(field.name.text());
    if (const auto status = query.status("status")) filter.status = rpc::text(*status);
    filter.after = query.integer("after", 1, std::numeric_limits<std::int64_t>::max());
    return filter;
}

FormFields TaskFilter::fields() const {
    FormFields query;
    if (!status.empty()) query.emplace_back("status", status);
    for (const FilterField& field : filter_fields)
        if (const std::string& value = this->*field.text; !value.empty()) query.emplace_back(field.name.text(), value);
    if (after) query.emplace_back("after", std::to_string(*after));
    return query;
}

rpc::TaskList TaskFilter::request() const {
    return {.status = status,
            .limit = false,
            .search = text,
            .max_shown_tasks = tasks_per_page,
            .cursor = after,
            .family = family,
            .worker = worker,
            .error = error,
            .below = below};
}

TaskListPage read_task_list(const TaskFilter& filter, const scheduler::QueryResult& result) {
    TaskListPage page{.filter = filter, .next = result.next_cursor};
    const Json tasks = Json::parse(result.text());
    for (const auto& [id, task] : tasks.as_object()) page.tasks.push_back(line_of(id, task));
    return page;
}

std::map<std::string, std::string> take_errors(const SchedulerState& state, const TaskListPage& page) {
    std::map<std::string, std::string> errors;
    for (const TaskListPage::Line& line : page.tasks) {
        if (severity_of(line.task.status) != Severity::error) continue;
        if (const auto id = state.tasks.find(line.task.id))
            errors.emplace(line.task.id, shortened(scheduler::last_error(state.tasks[*id]), max_text_length));
    }
    return errors;
}

std::string task_list_page(const TaskListPage& page) {
    const PageHeader header{
        .title = "Tasks · Freshet", .home = "./", .taken = page.taken, .version = page.version, .view = "tasks"};
    return document(header, Html::of(tag("h1", Html::markup("Tasks")), filter_form(page.filter), list_section(page),
                                     pages_note(page)));
}

Json task_list_json(const TaskListPage& page) {
    const auto line_json = [](const TaskListPage::Line& line) {
        return Json::Object{{"task_id", line.task.id},
                            {"name", line.task.name},
                            {"status", rpc::text(line.task.status)},
                            {"status_since", json_of(line.updated)},
                            {"worker", json_or_null(line.worker)},
                            {"progress_percentage", json_of(line.progress)},
                            {"status_message", json_or_null(line.message)},
                            {"error", json_or_null(line.error)}};
    };
    return Json::Object{{"as_of", json_of(page.taken)},
                        {"tasks", json_array(page.tasks, line_json)},
                        {"next_after", page.next ? Json(*page.next) : Json()}};
}

std::string task_list_address(const TaskFilter& filter) {
    const std::string query = form_encoded(filter.fields());
    return query.empty() ? "tasks" : "tasks?" + query;
}

}  // namespace freshet::dashboard
