// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/durations.hpp"
#include "dashboard/graph.hpp"
#include "dashboard/grid.hpp"
#include "dashboard/history_page.hpp"
#include "dashboard/openapi.hpp"
#include "dashboard/pages.hpp"
#include "dashboard/resources_page.hpp"
#include "dashboard/views.hpp"
#include "dashboard/workers_page.hpp"

#include <variant>

namespace freshet::dashboard {

namespace {

using std::chrono::seconds;

std::optional<seconds> read_refresh(PageQuery& query) {
    const auto refresh = query.integer("refresh", 2, 86'400);
    return refresh ? std::optional<seconds>(*refresh) : std::nullopt;
}

std::optional<Time> read_before(PageQuery& query) { return query.time("before"); }

/// Of views without a query.
std::monostate read_nothing(PageQuery&) { return {}; }

/// Those that are no views: for programs.
std::vector<api::Route> machine_routes(Pages& pages) {
    const auto metrics = [&pages](const api::RequestContext&, http::Responder respond) {
        pages.metrics(std::move(respond));
    };
    const auto undelivered = [&pages](const api::RequestContext&, const http::Responder& respond) {
        pages.undelivered(respond);
    };
    const auto describe = [](const api::RequestContext&, const http::Responder& respond) {
        respond([] {
            return http::Response{.headers = {{"Content-Type", "application/json"}}, .body = std::string(openapi())};
        });
    };
    return {{.id = "openapi",
             .path = "/api/openapi.json",
             .methods = {"GET", "HEAD"},
             .roles = api::Role::view,
             .handler = describe},
            {.id = "undelivered",
             .path = "/undelivered",
             .methods = {"GET", "HEAD"},
             .roles = api::Role::view | api::Role::work,  // a run asks before it removes what an event names
             .handler = undelivered},
            {.id = "metrics",
             .path = "/metrics",
             .methods = {"GET", "HEAD"},
             .roles = api::Role::view,
             .handler = metrics}};
}

}  // namespace

std::vector<api::Route> page_routes(Pages& pages) {
    std::vector<api::Route> routes;
    const auto add = [&, stalled_for = [&pages] {
        return pages.stalled_for();
    }](const ViewRoute& view, auto read, auto serve) { add_view(routes, view, stalled_for, read, serve); };
    add({"tasks", "/tasks"}, TaskFilter::read,
        [&pages](Format format, const api::RequestContext& context, const TaskFilter& filter, http::Responder respond) {
            pages.task_list(format, filter, std::move(respond), context.request.is_connected);
        });
    add({"front", "/", "/api/v1/overview"}, read_refresh,
        [&pages](Format format, const api::RequestContext& context, auto refresh, http::Responder respond) {
            pages.front(format, refresh, may_operate(context), std::move(respond));
        });
    add({.name = "task", .path = "/task/", .path_argument = "task_id"}, read_nothing,
        [&pages](Format format, const api::RequestContext& context, auto, http::Responder respond) {
            pages.task(format, context.path_parameter, may_operate(context), std::move(respond));
        });
    add({.name = "log", .path = "/task/", .suffix = "/log", .path_argument = "task_id"}, LogQuery::read,
        [&pages](Format format, const api::RequestContext& context, const LogQuery& query,
                 const http::Responder& respond) { pages.log(format, context.path_parameter, query, respond); });
    add({"runs", "/runs"}, read_before,
        [&pages](Format format, const auto&, auto before, const http::Responder& respond) {
            pages.run_list(format, before, respond);
        });
    add({.name = "run", .path = "/run/", .path_argument = "run_id"}, read_nothing,
        [&pages](Format format, const api::RequestContext& context, auto, const http::Responder& respond) {
            pages.run(format, context.path_parameter, respond);
        });

    // Views in files of their own.
    const auto from_pages = [&pages](auto serve) {
        return [&pages, serve](Format format, const api::RequestContext& context, const auto& parsed,
                               const http::Responder& respond) { serve(pages, format, context, parsed, respond); };
    };
    add({"grid", "/grid"}, GridFilter::read, from_pages(serve_grid));
    add({"graph", "/graph"}, GraphFilter::read, from_pages(serve_graph));
    add({"durations", "/durations"}, read_nothing, from_pages(serve_durations));
    add({"workers", "/workers"}, read_nothing, from_pages(serve_workers));
    add({"resources", "/resources"}, read_nothing, from_pages(serve_resources));
    add({"history", "/history"}, read_attempt_filter, from_pages(serve_history));
    for (api::Route& route : machine_routes(pages)) routes.push_back(std::move(route));
    return routes;
}

}  // namespace freshet::dashboard
