// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/route.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace freshet::api {

namespace {

constexpr std::string_view scheme = "http://";

std::optional<std::string> take_authority(std::string_view& text) {
    if (lower(text.substr(0, scheme.size())) != scheme) return std::nullopt;
    text.remove_prefix(scheme.size());
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    std::string authority(text.substr(0, end));
    text.remove_prefix(end);
    return authority;
}

bool allows_method(const Route& route, std::string_view method) {
    return std::ranges::count(route.methods, method) > 0;
}

bool has_parameter(const Route& route) { return route.path.size() > 1 && route.path.ends_with('/'); }

/// Returns the segment that the route leaves open; empty if the path is another one.
std::string_view open_segment(const Route& route, std::string_view path) {
    if (!path.starts_with(route.path)) return {};
    path.remove_prefix(route.path.size());
    if (!path.ends_with(route.suffix)) return {};
    path.remove_suffix(route.suffix.size());
    return path.find('/') == path.npos ? path : std::string_view();
}

/// Preflights are answered for any path, so OPTIONS is not listed in Allow.
bool is_listed_as_allowed(std::string_view method) { return method != "OPTIONS"; }

}  // namespace

std::size_t Route::body_limit() const {
    constexpr std::size_t query_limit = 64u << 10;  // as for arguments in the URL
    if (roles.empty()) return 0;
    return effect == Effect::changes ? std::numeric_limits<std::size_t>::max() : query_limit;
}

std::optional<RequestTarget> parse_request_target(std::string_view text) {
    RequestTarget target{.authority = take_authority(text), .path = {}};
    if (target.authority && text.empty()) text = "/";
    if (!text.starts_with('/')) return std::nullopt;
    const std::size_t question = std::min(text.find('?'), text.size());
    target.path = text.substr(0, question);
    target.query = text.substr(std::min(question + 1, text.size()));
    return target;
}

std::string path_pattern(const Route& route) {
    if (!has_parameter(route)) return route.path;
    return fmt::format("{}{{{}}}{}", route.path, route.path_argument.empty() ? "id" : route.path_argument,
                       route.suffix);
}

void RouteTable::add(Route route) {
    for (const std::string& method : route.methods)
        if (const Route* other =
                find(method, has_parameter(route) ? route.path + "x" + route.suffix : route.path).route;
            other && other->path == route.path)
            throw Error(fmt::format("add route '{}': {} {}{} is already used by '{}'", route.id, method, route.path,
                                    route.suffix, other->id));
    auto kept = std::make_unique<const Route>(std::move(route));
    if (has_parameter(*kept))
        parameterized_.push_back(std::move(kept));
    else
        exact_.emplace(kept->path, std::move(kept));
}

RouteTable::Match RouteTable::find(std::string_view method, std::string_view path) const {
    Match match;
    const auto [first, last] = exact_.equal_range(path);
    for (auto at = first; at != last; ++at) {
        if (allows_method(*at->second, method)) return {.route = at->second.get()};
        std::ranges::copy(at->second->methods, std::back_inserter(match.methods));
    }
    for (const auto& route : parameterized_) {
        const std::string_view segment = open_segment(*route, path);
        if (segment.empty()) continue;
        if (allows_method(*route, method)) return {route.get(), percent_decoded(segment)};
        std::ranges::copy_if(route->methods, std::back_inserter(match.methods), is_listed_as_allowed);
    }
    return match;
}

std::vector<const Route*> RouteTable::below(std::string_view prefix) const {
    std::vector<const Route*> routes;
    for (const auto& [path, route] : exact_)
        if (path.starts_with(prefix)) routes.push_back(route.get());
    for (const auto& route : parameterized_)
        if (route->path.starts_with(prefix)) routes.push_back(route.get());
    return routes;
}

}  // namespace freshet::api
