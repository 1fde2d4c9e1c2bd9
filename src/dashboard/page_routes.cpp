// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/page_routes.hpp"

#include <charconv>

namespace freshet::scheduler::page {

namespace {

using std::chrono::seconds;

/// "?refresh=15", from 2 s to a day; anything else asks for nothing.
std::optional<seconds> parse_refresh(const FormFields& query) {
    for (const auto& [name, value] : query) {
        if (name != "refresh") continue;
        int number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error == std::errc() && end == value.data() + value.size() && number >= 2 && number <= 86'400)
            return seconds(number);
    }
    return std::nullopt;
}

}  // namespace

std::vector<Route> page_routes(Pages& pages) {
    const auto front = [&pages](const RequestContext& context, http::Responder respond) {
        pages.front(parse_refresh(context.query), std::move(respond));
    };
    const auto task = [&pages](const RequestContext& context, http::Responder respond) {
        pages.task(context.path_parameter, std::move(respond));
    };
    const auto metrics = [&pages](const RequestContext&, http::Responder respond) {
        pages.metrics(std::move(respond));
    };
    return {{.id = "page.front", .path = "/", .roles = Role::view, .handler = front},
            {.id = "page.task", .path = "/task/", .methods = {"GET", "HEAD"}, .roles = Role::view, .handler = task},
            {.id = "metrics", .path = "/metrics", .methods = {"GET", "HEAD"}, .roles = Role::view, .handler = metrics}};
}

}  // namespace freshet::scheduler::page
