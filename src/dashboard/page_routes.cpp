// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/pages.hpp"
#include "dashboard/views.hpp"

namespace freshet::dashboard {

namespace {

using std::chrono::seconds;

std::optional<seconds> read_refresh(PageQuery& query) {
    const auto refresh = query.integer("refresh", 2, 86'400);
    return refresh ? std::optional<seconds>(*refresh) : std::nullopt;
}

std::optional<Time> read_before(PageQuery& query) { return query.time("before"); }

/// Those that are no views: for programs.
std::vector<api::Route> machine_routes(Pages& pages) {
    const auto metrics = [&pages](const api::RequestContext&, http::Responder respond) {
        pages.metrics(std::move(respond));
    };
    const auto undelivered = [&pages](const api::RequestContext&, const http::Responder& respond) {
        pages.undelivered(respond);
    };
    return {{.id = "undelivered",
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
    const auto task_list = [&pages](Format format, const api::RequestContext& context, const TaskFilter& filter,
                                    http::Responder respond) {
        pages.task_list(format, filter, std::move(respond), context.request.is_connected);
    };
    add({"tasks", "/tasks"}, TaskFilter::read, task_list);

    const auto front = [&pages](const api::RequestContext& context, http::Responder respond) {
        PageQuery query(context.query);
        pages.front(read_refresh(query), std::move(respond));
    };
    const auto task = [&pages](const api::RequestContext& context, http::Responder respond) {
        pages.task(context.path_parameter, context.principal.roles.intersects(api::Role::operate), std::move(respond));
    };
    const auto run_list = [&pages](const api::RequestContext& context, const http::Responder& respond) {
        PageQuery query(context.query);
        pages.run_list(read_before(query), respond);
    };
    const auto run = [&pages](const api::RequestContext& context, const http::Responder& respond) {
        pages.run(context.path_parameter, respond);
    };
    routes.push_back({.id = "page.front", .path = "/", .roles = api::Role::view, .handler = front});
    routes.push_back(
        {.id = "page.task", .path = "/task/", .methods = {"GET", "HEAD"}, .roles = api::Role::view, .handler = task});
    routes.push_back({.id = "page.runs", .path = "/runs", .roles = api::Role::view, .handler = run_list});
    routes.push_back({.id = "page.run", .path = "/run/", .roles = api::Role::view, .handler = run});
    for (api::Route& route : machine_routes(pages)) routes.push_back(std::move(route));
    return routes;
}

}  // namespace freshet::dashboard
