// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.hpp"
#include "dashboard/page_query.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// A view is served twice: as a page, and as JSON at the same path below /api/v1. One struct has its data, which two
// pure functions render.
namespace freshet::dashboard {

enum class Format { html, json };

/// The routes of a view, for the role view.
struct ViewRoute {
    std::string name;                         ///< in the audit log: "tasks" of "page.tasks" and "json.tasks"
    std::string path;                         ///< as Route::path
    std::string json_path{"/api/v1" + path};  ///< of the same form
    std::string suffix{};                     ///< as Route::suffix
    std::string path_argument{"id"};          ///< what its open segment is
};

/// True for those whose pages have actions.
bool may_operate(const api::RequestContext& context);

/// Why JSON is refused, if it is: 503 while the scheduler answers nobody, 400 for a query that is invalid.
std::optional<http::Response> refuse_json(const PageQuery& query, std::chrono::seconds stalled_for);

/// Adds a view. `read(PageQuery&)` parses the query; `serve(Format, const RequestContext&, parsed, Responder)` answers.
template <class Read, class Serve>
void add_view(std::vector<api::Route>& routes, const ViewRoute& view,
              const std::function<std::chrono::seconds()>& stalled_for, Read read, Serve serve) {
    for (const Format format : {Format::html, Format::json}) {
        const auto handle = [=](const api::RequestContext& context, http::Responder respond) {
            PageQuery query(context.query);
            auto parsed = read(query);
            auto refusal = format == Format::json ? refuse_json(query, stalled_for()) : std::nullopt;
            if (refusal) return respond([refusal = *std::move(refusal)] { return refusal; });
            serve(format, context, std::move(parsed), std::move(respond));
        };
        const bool is_page = format == Format::html;
        api::Route route{.id = (is_page ? "page." : "json.") + view.name,
                         .path = is_page ? view.path : view.json_path,
                         .suffix = view.suffix,
                         .path_argument = view.path.ends_with('/') && view.path != "/" ? view.path_argument : "",
                         .roles = api::Role::view,
                         .handler = handle};
        if (route.path != "/") route.methods.emplace_back("HEAD");  // which is a public health check there
        routes.push_back(std::move(route));
    }
}

/// Returns a page.
http::Response html_response(int status, std::string html);
/// Returns JSON that strict readers accept, whatever the texts hold.
http::Response json_view_response(const Json& document);

/// Renders the data of a view in the format that was asked for.
template <class Data>
http::Response view_response(Format format, const Data& data, std::string (*page)(const Data&),
                             Json (*json)(const Data&)) {
    return format == Format::html ? html_response(200, page(data)) : json_view_response(json(data));
}

}  // namespace freshet::dashboard
