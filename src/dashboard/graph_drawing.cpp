// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/graph_drawing.hpp"

#include "base/utf8.hpp"
#include "dashboard/components.hpp"
#include "dashboard/layered_layout.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace freshet::dashboard {

namespace {

constexpr double node_width = 204, node_height = 50, column_gap = 54, row_gap = 16, graph_margin = 8;
constexpr std::size_t max_name_characters = 20, max_detail_characters = 24;
constexpr double greatest_offset = 4;  // rows, so that the middle of a long layer is not far away

struct Point {
    double x = 0, y = 0;
};

std::string svg_number(double value) { return fmt::format("{:.6g}", value); }

/// The middle is left out of a long name: its end often tells tasks apart.
std::string drawn(const std::string& name, std::size_t most) {
    std::vector<std::string_view> characters;
    for (std::string_view rest = name; !rest.empty();) {
        const std::size_t length = std::max<std::size_t>(first_character(rest).length, 1);
        characters.push_back(rest.substr(0, length));
        rest.remove_prefix(length);
    }
    if (characters.size() <= most) return name;
    std::string shown;
    const std::size_t end = most / 2;
    for (std::size_t i = 0; i < most - end - 1; ++i) shown += characters[i];
    shown += "…";
    for (std::size_t i = characters.size() - end; i < characters.size(); ++i) shown += characters[i];
    return shown;
}

/// "cycle=06" and "lead=3" of "Fetch(cycle=06, lead=3)".
std::vector<std::string> parameters_of(const TaskRef& task) {
    constexpr std::string_view separator = ", ";
    std::vector<std::string> parameters;
    const std::string all = parameters_in(task.name);
    for (std::size_t begin = 0; begin <= all.size();) {
        const std::size_t end = std::min(all.find(separator, begin), all.size());
        parameters.push_back(all.substr(begin, end - begin));
        begin = end + separator.size();
    }
    return parameters;
}

Severity severity_of_node(const GraphNode& node) {
    return node.task ? severity_of(node.task->status) : severity_of(node.counts);
}

std::string_view sign_of(Severity severity) {
    switch (severity) {
        case Severity::ok:
            return "✓";
        case Severity::active:
            return "▶";
        case Severity::error:
            return "✕";
        case Severity::warning:
            return "!";
        default:
            return "…";
    }
}

/// The second line of a node: what its state is.
std::string detail_of(const GraphNode& node) {
    if (!node.task) {
        const std::size_t total = std::accumulate(node.counts.begin(), node.counts.end(), std::size_t{0});
        if (total == 0) return "tasks nobody has registered";
        const std::size_t done = node.counts[static_cast<std::size_t>(Status::done)];
        return fmt::format("{} of {} done", with_thousands(done), with_thousands(total));
    }
    std::string detail = node.family.empty() ? std::string(rpc::text(node.task->status)) : node.family;
    if (node.took) detail += " · " + format_short_duration(*node.took);
    if (node.hidden > 0) detail += fmt::format(" · {} more", with_thousands(node.hidden));
    return detail;
}

std::string title_of(const GraphNode& node) {
    const std::string state = node.task ? std::string(rpc::text(node.task->status)) + " " : "";
    return name_of(node) + ": " + state + detail_of(node);
}

Html text_at(Point at, const std::string& kind, const Html& text) {
    return tag("text", {{"x", svg_number(at.x)}, {"y", svg_number(at.y)}, {"class", kind}}, text);
}

Html drawn_node(const GraphNode& node, const std::string& label, Point at) {
    const Severity severity = severity_of_node(node);
    const Html shape =
        Html::of(element("rect",
                         {{"x", svg_number(at.x)},
                          {"y", svg_number(at.y)},
                          {"width", svg_number(node_width)},
                          {"height", svg_number(node_height)},
                          {"rx", "8"}},
                         {}),
                 text_at({at.x + 10, at.y + 20}, "sign", std::string(sign_of(severity))),
                 text_at({at.x + 28, at.y + 20}, "name", drawn(label, max_name_characters)),
                 text_at({at.x + 28, at.y + 38}, "detail", drawn(detail_of(node), max_detail_characters)));
    const Html content = Html::of(tag("title", title_of(node)), shape);
    const std::string kind = fmt::format("node {}{}", css_class(severity), node.is_focus ? " focus" : "");
    const std::string address = url_of(node);
    return address.empty() ? tag("g", {{"class", kind}}, content)
                           : tag("a", {{"class", kind}, {"href", address}}, content);
}

/// A curve from the right side of what is required to the left side of what requires it, with an arrow.
Html drawn_edge(const GraphEdge& edge, Point from, Point to) {
    const Point begin{from.x + node_width, from.y + node_height / 2}, end{to.x - 7, to.y + node_height / 2};
    const double bend = std::max(column_gap / 2, (end.x - begin.x) / 2);
    const std::string path = fmt::format("M{} {}C{} {} {} {} {} {}", svg_number(begin.x), svg_number(begin.y),
                                         svg_number(begin.x + bend), svg_number(begin.y), svg_number(end.x - bend),
                                         svg_number(end.y), svg_number(end.x), svg_number(end.y));
    const std::string head = fmt::format("M{0} {1}l-8 -4v8z", svg_number(end.x + 7), svg_number(end.y));
    Html count;
    if (edge.count > 1)
        count = text_at({(begin.x + end.x) / 2, (begin.y + end.y) / 2 - 5}, "count", with_thousands(edge.count));
    return tag("g", {{"class", edge.is_blocking ? "edge blocking" : "edge"}}, element("path", {{"d", path}}, {}),
               element("path", {{"class", "head"}, {"d", head}}, {}), count);
}

}  // namespace

std::string name_of(const GraphNode& node) {
    if (node.task) return node.task->name;
    return node.family.empty() ? "(not registered)" : node.family;
}

std::vector<std::string> labels_of(const GraphView& view) {
    std::map<std::string, std::size_t> tasks_with;
    std::size_t tasks = 0;
    for (const GraphNode& node : view.nodes) {
        if (!node.task) continue;
        ++tasks;
        for (const std::string& parameter : parameters_of(*node.task)) ++tasks_with[parameter];
    }
    std::vector<std::string> labels;
    for (const GraphNode& node : view.nodes) {
        std::vector<std::string> distinct;
        if (node.task)
            for (const std::string& parameter : parameters_of(*node.task))
                if (tasks_with[parameter] < tasks) distinct.push_back(parameter);
        labels.push_back(!node.task         ? name_of(node)
                         : distinct.empty() ? parameters_in(node.task->name)
                                            : joined(distinct, ", "));
    }
    return labels;
}

std::string url_of(const GraphNode& node) {
    if (node.task) return GraphFilter{.task = node.task->id}.address();
    return node.family.empty() ? "" : GraphFilter{.family = node.family}.address();
}

Html graph_drawing(const GraphView& view) {
    std::vector<LayoutEdge> edges;
    for (const GraphEdge& edge : view.edges) edges.emplace_back(edge.required, edge.requiring);
    const auto positions = layered_layout(view.nodes.size(), edges);
    std::vector<std::size_t> heights;
    for (const LayoutPlace& place : positions) {
        if (heights.size() <= place.layer) heights.resize(place.layer + 1);
        heights[place.layer] = std::max(heights[place.layer], place.position + 1);
    }
    const double rows = static_cast<double>(heights.empty() ? 0 : *std::ranges::max_element(heights));
    const auto point = [&](std::size_t node) {
        const auto& [layer, position] = positions[node];
        const double offset = std::min((rows - static_cast<double>(heights[layer])) / 2, greatest_offset);
        return Point{graph_margin + static_cast<double>(layer) * (node_width + column_gap),
                     graph_margin + (static_cast<double>(position) + offset) * (node_height + row_gap)};
    };
    Html shapes;
    for (const GraphEdge& edge : view.edges)
        shapes.append(drawn_edge(edge, point(edge.required), point(edge.requiring)));
    const auto labels = labels_of(view);
    for (std::size_t i = 0; i < view.nodes.size(); ++i) shapes.append(drawn_node(view.nodes[i], labels[i], point(i)));
    const double whole_width =
        2 * graph_margin + static_cast<double>(heights.size()) * (node_width + column_gap) - column_gap;
    const double whole_height = 2 * graph_margin + rows * (node_height + row_gap) - row_gap;
    return tag("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "Graph"}},
               tag("svg",
                   {{"class", "graph"},
                    {"viewBox", fmt::format("0 0 {} {}", svg_number(whole_width), svg_number(whole_height))},
                    {"width", svg_number(whole_width)},
                    {"height", svg_number(whole_height)}},
                   shapes));
}

}  // namespace freshet::dashboard
