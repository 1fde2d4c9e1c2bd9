// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/graph.hpp"
#include "dashboard/graph_drawing.hpp"
#include "dashboard/json_values.hpp"
#include "dashboard/page_layout.hpp"
#include "dashboard/task_list_page.hpp"
#include "dashboard/view_data.hpp"

#include <fmt/format.h>

#include <limits>

namespace freshet::dashboard {

namespace {

Html graph_note(const Html& content) { return tag("p", {{"class", "note"}}, content); }

Html linked(const std::string& address, const Html& content) { return tag("a", {{"href", address}}, content); }

/// The same as the drawing, for screen readers and for print.
Html node_table(const GraphView& view) {
    Table table("nodes", "Nodes of the graph", {{"State"}, {"Name"}, {"Took", true}, {"Requires"}});
    std::vector<std::string> requires_of(view.nodes.size());
    for (const GraphEdge& edge : view.edges) {
        std::string& words = requires_of[edge.requiring];
        if (words.size() < max_text_length) words += (words.empty() ? "" : ", ") + name_of(view.nodes[edge.required]);
    }
    for (std::size_t i = 0; i < view.nodes.size(); ++i) {
        const GraphNode& node = view.nodes[i];
        const Html state = node.task ? badge(node.task->status) : Html(status_summary(node.counts));
        const Html name = node.task             ? link_to(*node.task, "task/")
                          : node.family.empty() ? Html(name_of(node))
                                                : linked(task_list_address({.family = node.family}), node.family);
        table.add({state, name, node.took ? format_short_duration(*node.took) : "", requires_of[i]});
    }
    return tag("details", {{"class", "action"}}, tag("summary", Html::markup("The same as a table")), table.html());
}

Html graph_heading(const GraphView& view) {
    const GraphFilter& filter = view.filter;
    if (!filter.task.empty()) return Html::markup("Neighbourhood of a task");
    if (!filter.run.empty()) return Html::markup("Longest chain of a run");
    if (!filter.family.empty()) return Html::of("Tasks of ", filter.family);
    return Html::markup("Graph of families");
}

Html depth_choice(const GraphView& view) {
    Html items;
    for (std::size_t depth = 1; depth <= GraphFilter::max_depth; ++depth) {
        GraphFilter filter = view.filter;
        filter.depth = depth;
        const std::string number = std::to_string(depth);
        items.append(tag("li", depth == view.filter.depth
                                   ? tag("a", {{"href", filter.address()}, {"aria-current", "true"}}, number)
                                   : tag("a", {{"href", filter.address()}}, number)));
    }
    return tag("nav", {{"class", "choice"}, {"aria-label", "Steps from the task"}},
               tag("ul", {{"role", "list"}}, tag("li", Html::markup("Steps:")), items));
}

Html task_intro(const GraphView& view) {
    const GraphNode& focus = view.nodes.front();
    return Html::of(
        severity_box(
            severity_of(focus.task->status),
            Html::of(tag("p", link_to(*focus.task, "task/"), " ", badge(focus.task->status)), tag("p", view.why))),
        depth_choice(view),
        graph_note(Html::markup("What it requires is on the left, what requires it on the right; a thick line is "
                                "a requirement that is not done. At most 30 tasks in each direction are drawn.")));
}

Html chain_intro(const GraphView& view) {
    Time::duration measured{};
    for (const GraphNode& node : view.nodes) measured += node.took.value_or(Time::duration{});
    const std::string whole = view.run_took ? " of " + format_short_duration(*view.run_took) : "";
    return graph_note(Html::of(
        fmt::format("These tasks took {}{} one after the other, measured by their last attempts; the run cannot be "
                    "faster than its longest chain. ",
                    format_short_duration(measured), whole),
        linked(task_list_address({.below = view.filter.run}), Html::markup("All tasks of the run"))));
}

Html family_intro(const GraphView& view) {
    Html pages = linked(task_list_address({.family = view.filter.family}), Html::markup("All tasks of the family"));
    pages.append(" ").append(linked("graph", Html::markup("All families")));
    if (view.next) {
        GraphFilter next = view.filter;
        next.after = view.next;
        pages.append(" ").append(tag("a", {{"href", next.address()}, {"rel", "next"}}, Html::markup("Next tasks")));
    }
    return tag("nav", {{"class", "more"}, {"aria-label", "Pages"}}, pages);
}

Html intro(const GraphView& view) {
    if (!view.filter.task.empty()) return task_intro(view);
    if (!view.filter.run.empty()) return chain_intro(view);
    if (!view.filter.family.empty()) return family_intro(view);
    return Html::of(
        graph_note(Html::markup("Each family requires those on its left; the number on a line counts the "
                                "dependencies between tasks. A family leads to its tasks.")),
        view.omitted > 0 ? graph_note(fmt::format("and {} more families", with_thousands(view.omitted))) : Html());
}

Html graph_content(const GraphView& view) {
    if (!view.is_known) return graph_note(Html::markup("The scheduler does not know it, or not any more."));
    if (view.nodes.empty())
        return graph_note(view.filter.run.empty() ? Html::markup("There are no tasks.")
                                                  : Html::markup("Nothing of this run has been measured."));
    return Html::of(intro(view), graph_drawing(view), node_table(view));
}

}  // namespace

GraphFilter GraphFilter::read(PageQuery& query) {
    GraphFilter filter{.family = query.text("family"), .task = query.text("task"), .run = query.text("run")};
    filter.after = query.integer("after", 1, std::numeric_limits<std::int64_t>::max());
    filter.depth = static_cast<std::size_t>(query.integer("depth", 1, max_depth).value_or(default_depth));
    return filter;
}

std::string GraphFilter::address() const {
    FormFields fields;
    if (!task.empty()) fields.emplace_back("task", task);
    if (!task.empty() && depth != default_depth) fields.emplace_back("depth", std::to_string(depth));
    if (!run.empty()) fields.emplace_back("run", run);
    if (!family.empty()) fields.emplace_back("family", family);
    if (after) fields.emplace_back("after", std::to_string(*after));
    return fields.empty() ? "graph" : "graph?" + form_encoded(fields);
}

std::string graph_page(const GraphView& view) {
    const PageHeader header{
        .title = "Graph · Freshet", .home = "./", .taken = view.taken, .version = view.version, .view = "graph"};
    return document(header, Html::of(tag("h1", graph_heading(view)), graph_content(view)));
}

Json graph_json(const GraphView& view) {
    const auto node_json = [](const GraphNode& node) {
        return Json::Object{{"family", json_or_null(node.family)},
                            {"counts", node.task ? Json() : json_of(node.counts)},
                            {"task", json_of(node.task)},
                            {"took", json_of(node.took)},
                            {"hidden_neighbours", node.hidden}};
    };
    const auto edge_json = [](const GraphEdge& edge) {
        return Json::Object{{"required", edge.required},
                            {"requiring", edge.requiring},
                            {"count", edge.count},
                            {"is_blocking", edge.is_blocking}};
    };
    return Json::Object{{"as_of", json_of(view.taken)},
                        {"is_known", view.is_known},
                        {"why", json_or_null(view.why)},
                        {"run_took", json_of(view.run_took)},
                        {"nodes", json_array(view.nodes, node_json)},
                        {"edges", json_array(view.edges, edge_json)},
                        {"omitted_families", view.omitted},
                        {"next_after", view.next ? Json(*view.next) : Json()}};
}

}  // namespace freshet::dashboard
