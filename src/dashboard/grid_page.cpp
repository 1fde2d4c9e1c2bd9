// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/url_encoding.hpp"
#include "dashboard/grid.hpp"
#include "dashboard/history_page.hpp"
#include "dashboard/json_values.hpp"
#include "dashboard/page_layout.hpp"
#include "dashboard/run_state.hpp"
#include "dashboard/task_list_page.hpp"
#include "dashboard/view_data.hpp"

#include <fmt/format.h>

#include <numeric>

namespace freshet::dashboard {

namespace {

std::string family_label(const std::string& family) { return family.empty() ? "(not registered)" : family; }

std::string count_text(const StatusCounts& counts) {
    const std::size_t total = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
    const std::size_t done = counts[static_cast<std::size_t>(Status::done)];
    return done == total ? with_thousands(total) : with_thousands(done) + " of " + with_thousands(total);
}

/// The tasks of the cell; of a run that was removed, the attempts of the family meanwhile.
std::string cell_address(const GridRun& run, const std::string& family) {
    if (family.empty()) return {};
    if (!run.is_removed) return task_list_address({.family = family, .below = run.root.id});
    return history_address({.family = family, .since = run.registered, .until = run.ended});
}

Html cell(const GridRun& run, const std::string& family) {
    const auto counts = run.families.find(family);
    if (counts == run.families.end()) return tag("td", {{"class", "none"}});
    const std::string label =
        fmt::format("{} of {}: {}", family_label(family), run.root.name, status_summary(counts->second));
    const Html content = Html::of(count_text(counts->second), run.is_complete ? "" : " or more");
    const std::string address = cell_address(run, family);
    const std::string kind = css_class(severity_of(counts->second));
    if (address.empty()) return tag("td", tag("span", {{"class", "cell " + kind}, {"title", label}}, content));
    return tag("td", tag("a", {{"class", "cell " + kind}, {"title", label}, {"href", address}}, content));
}

Html column_head(const GridRun& run, Time now) {
    TaskRef root = run.root;
    root.name = parameters_in(root.name);
    const StateLabel state = state_of(run);
    const std::string chain = "graph?" + form_encoded({{"run", run.root.id}});
    return tag("th", {{"scope", "col"}}, link_to(root, "task/"),
               tag("span", {{"class", "sub"}}, badge(state.severity, state.text)),
               tag("span", {{"class", "sub"}}, time_and_age(run.registered, now)),
               tag("span", {{"class", "sub"}}, tag("a", {{"href", chain}}, Html::markup("longest chain"))));
}

Html table_of(const Grid& grid) {
    Html heads = tag("th", {{"scope", "col"}}, Html::markup("Family"));
    for (const GridRun& run : grid.runs) heads.append(column_head(run, grid.taken));
    Html rows;
    for (const std::string& family : grid.families()) {
        Html cells = tag("th", {{"scope", "row"}}, tag("code", family_label(family)));
        for (const GridRun& run : grid.runs) cells.append(cell(run, family));
        rows.append(tag("tr", cells)).append(Html::markup("\n"));
    }
    return tag("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "Grid of runs"}},
               tag("table", {{"class", "grid"}}, tag("caption", "Runs of " + grid.root + " by family"),
                   tag("thead", tag("tr", heads)), tag("tbody", rows)));
}

std::string grid_address(const std::string& root) { return "grid?" + form_encoded({{"root", root}}); }

Html family_choice(const Grid& grid) {
    if (grid.roots.size() < 2) return {};
    Html items;
    for (const std::string& root : grid.roots) {
        const std::string address = grid_address(root);
        items.append(tag("li", root == grid.root ? tag("a", {{"href", address}, {"aria-current", "true"}}, root)
                                                 : tag("a", {{"href", address}}, root)));
    }
    return tag("nav", {{"class", "choice"}, {"aria-label", "Root tasks"}}, tag("ul", {{"role", "list"}}, items));
}

Html legend() {
    return tag("p", {{"class", "note"}},
               Html::markup("A column is a root task with all that it requires, the newest first. A cell counts the "
                            "tasks that are done: "),
               badge(Severity::ok, "all done"), " ", badge(Severity::active, "some run"), " ",
               badge(Severity::error, "some failed"), " ", badge(Severity::neutral, "some wait"));
}

}  // namespace

std::string grid_page(const Grid& grid) {
    const PageHeader header{
        .title = "Grid · Freshet", .home = "./", .taken = grid.taken, .version = grid.version, .view = "grid"};
    const Html content = grid.runs.empty() ? tag("p", {{"class", "note"}}, Html::markup("No run is known."))
                                           : Html::of(table_of(grid), legend());
    return document(header, Html::of(tag("h1", Html::markup("Grid")), family_choice(grid), content));
}

Json grid_json(const Grid& grid) {
    const auto run_json = [](const GridRun& run) {
        Json::Object families;
        for (const auto& [name, counts] : run.families) families.emplace_back(name, json_of(counts));
        const StateLabel state = state_of(run);
        return Json::Object{{"severity", text_of(state.severity)}, {"label", state.text},
                            {"root", json_of(run.root)},           {"registered", json_of(run.registered)},
                            {"ended", json_of(run.ended)},         {"is_removed", run.is_removed},
                            {"is_complete", run.is_complete},      {"families", std::move(families)}};
    };
    Json::Array roots(grid.roots.begin(), grid.roots.end());
    return Json::Object{{"as_of", json_of(grid.taken)},
                        {"root", json_or_null(grid.root)},
                        {"roots", std::move(roots)},
                        {"runs", json_array(grid.runs, run_json)}};
}

void serve_grid(const Pages& pages, Format format, const api::RequestContext& context, const GridFilter& filter,
                const http::Responder& respond) {
    const auto grid = std::make_shared<Grid>(Grid{.version = pages.options().version});
    const auto make = [grid, filter](const SchedulerState& state, Time now) {
        return std::make_unique<GridQuery>(state, filter, grid, now);
    };
    answer_from_query(pages, respond, context.request.is_connected, grid, make,
                      [format](const Grid& filled) { return view_response(format, filled, grid_page, grid_json); });
}

}  // namespace freshet::dashboard
