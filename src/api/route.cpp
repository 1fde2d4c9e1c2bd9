// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/route.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::scheduler {

namespace {

bool allows_method(const Route& route, std::string_view method) {
    return std::ranges::count(route.methods, method) > 0;
}

bool has_parameter(const Route& route) { return route.path.size() > 1 && route.path.ends_with('/'); }

bool matches(const Route& route, std::string_view path) {
    if (!path.starts_with(route.path) || path.size() == route.path.size()) return false;
    return path.find('/', route.path.size()) == path.npos;
}

/// A browser that asks beforehand is answered also for what is not there.
bool is_listed_as_allowed(std::string_view method) { return method != "OPTIONS"; }

}  // namespace

void RouteTable::add(Route route) {
    for (const std::string& method : route.methods)
        if (const Route* other = find(method, has_parameter(route) ? route.path + "x" : route.path).route;
            other && other->path == route.path)
            throw Error(fmt::format("add route '{}': {} {} belongs to '{}'", route.id, method, route.path, other->id));
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
        if (!matches(*route, path)) continue;
        if (allows_method(*route, method)) return {route.get(), percent_decoded(path.substr(route->path.size()))};
        std::ranges::copy_if(route->methods, std::back_inserter(match.methods), is_listed_as_allowed);
    }
    return match;
}

}  // namespace freshet::scheduler
