// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/resources_page.hpp"

#include "dashboard/action_form.hpp"
#include "dashboard/front_page_tables.hpp"
#include "dashboard/json_values.hpp"
#include "dashboard/page_layout.hpp"
#include "dashboard/view_data.hpp"

#include <map>

namespace freshet::dashboard {

namespace {

void take_users(const SchedulerState& state, ResourcesView& view) {
    std::map<std::string, TruncatedList<TaskRef>*> held_by;
    for (ResourcesView::Entry& entry : view.resources.items) held_by.emplace(entry.resource.name, &entry.held_by);
    std::size_t examined = 0;
    for (const scheduler::Rank& rank : state.tasks.index().running()) {
        if (examined++ == max_scanned) return;
        const Task& task = state.tasks[rank.task];
        if (!task.resources_running) continue;
        for (const auto& [name, amount] : *task.resources_running) {
            const auto held = held_by.find(name);
            if (held == held_by.end() || amount == 0) continue;
            ++held->second->total;
            if (held->second->items.size() < max_users) held->second->items.push_back(ref_of(task));
        }
    }
}

Html users_cell(const ResourcesView::Entry& entry) {
    Html cell;
    for (const TaskRef& task : entry.held_by.items)
        cell.append(tag("span", {{"class", "sub"}}, link_to(task, "task/")));
    return cell.append(and_more(entry.held_by.items.size(), entry.held_by.total, "tasks"));
}

Html limit_action(const ResourceLine& line) {
    if (line.name.size() >= max_text_length) return {};  // the name may be cut off
    return action_form({.label = "Set the limit",
                        .method = "update_resource",
                        .effect = line.is_rate
                                      ? Html::markup("At most as many are granted per minute from now on.")
                                      : Html::markup("Tasks that run together hold no more than that from now on; what "
                                                     "runs goes on. The limit outlives a restart."),
                        .arguments = Json::Object{{"resource", line.name}},
                        .fields = number_field("Limit", "amount", line.limit, 0, max_set_limit),
                        .home = "./"});
}

Html new_limit_action(bool is_first) {
    const Html name = tag("label", Html::markup("Resource "),
                          void_element("input", {{"name", "resource"}, {"required", ""}, {"maxlength", "200"}}));
    return action_form({.label = is_first ? Literal("Limit a resource") : Literal("Limit another resource"),
                        .method = "update_resource",
                        .effect = Html::markup("Tasks that request the resource run together only up to the limit. "
                                               "Without one it is 1."),
                        .fields = Html::of(name, " ", number_field("Limit", "amount", 1, 0, max_set_limit)),
                        .home = "./"});
}

Html table_of(const ResourcesView& view) {
    if (view.resources.total == 0)
        return tag("p", {{"class", "note"}}, Html::markup("No resource has a limit, and no running task holds any."));
    std::vector<Column> columns = {{"Resource"}, {"In use"}, {"Limit", true}, {"Held by"}};
    if (view.may_operate) columns.push_back({"Actions"});
    Table table("resources", "Resources", columns);
    for (const ResourcesView::Entry& entry : view.resources.items) {
        std::vector<Html> cells = {tag("code", entry.resource.name), usage_cell(entry.resource),
                                   limit_text(entry.resource), users_cell(entry)};
        if (view.may_operate) cells.push_back(limit_action(entry.resource));
        table.add(cells);
    }
    return Html::of(table.html(), and_more(view.resources.items.size(), view.resources.total, "resources"));
}

}  // namespace

ResourcesView take_resources_view(const SchedulerState& state, Time now) {
    ResourcesView view{.taken = now};
    const TruncatedList<ResourceLine> lines = resource_lines(state, max_listed_resources, now);
    view.resources.total = lines.total;
    for (const ResourceLine& line : lines.items) view.resources.items.push_back({.resource = line});
    take_users(state, view);
    return view;
}

std::string resources_page(const ResourcesView& view) {
    const PageHeader header{.title = "Resources · Freshet",
                            .home = "./",
                            .taken = view.taken,
                            .version = view.version,
                            .view = "resources"};
    const Html title = Html::of(Html::markup("Resources "), tag("small", with_thousands(view.resources.total)));
    return document(header, Html::of(tag("h1", title), table_of(view),
                                     view.may_operate ? new_limit_action(view.resources.total == 0) : Html()));
}

Json resources_json(const ResourcesView& view) {
    const auto entry_json = [](const ResourcesView::Entry& entry) {
        return Json::Object{{"resource", entry.resource.name},
                            {"used", entry.resource.used},
                            {"limit", entry.resource.limit},
                            {"is_rate", entry.resource.is_rate},
                            {"held_by", json_of(entry.held_by, [](const TaskRef& task) { return json_of(task); })}};
    };
    return Json::Object{{"as_of", json_of(view.taken)}, {"resources", json_of(view.resources, entry_json)}};
}

void serve_resources(const Pages& pages, Format format, const api::RequestContext& context, std::monostate,
                     const http::Responder& respond) {
    answer_with_actions(pages, format, context, respond, take_resources_view, resources_page, resources_json);
}

}  // namespace freshet::dashboard
