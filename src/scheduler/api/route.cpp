// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/route.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::scheduler {

namespace {

bool takes(const Route& route, std::string_view method) { return std::ranges::count(route.methods, method) > 0; }

bool has_rest(const Route& route) { return route.path.size() > 1 && route.path.ends_with('/'); }

bool leads_to(const Route& route, std::string_view path) {
    if (!path.starts_with(route.path) || path.size() == route.path.size()) return false;
    return path.find('/', route.path.size()) == path.npos;
}

/// A browser that asks beforehand is answered also for what is not there.
bool tells_what_is_there(std::string_view method) { return method != "OPTIONS"; }

}  // namespace

void RouteTable::add(Route route) {
    for (const std::string& method : route.methods)
        if (const Route* other = find(method, has_rest(route) ? route.path + "x" : route.path).route;
            other && other->path == route.path)
            throw Error(fmt::format("add route '{}': {} {} belongs to '{}'", route.id, method, route.path, other->id));
    auto kept = std::make_unique<const Route>(std::move(route));
    if (has_rest(*kept))
        with_rest_.push_back(std::move(kept));
    else
        exact_.emplace(kept->path, std::move(kept));
}

RouteTable::Found RouteTable::find(std::string_view method, std::string_view path) const {
    Found found;
    const auto [first, last] = exact_.equal_range(path);
    for (auto at = first; at != last; ++at) {
        if (takes(*at->second, method)) return {.route = at->second.get()};
        std::ranges::copy(at->second->methods, std::back_inserter(found.methods));
    }
    for (const auto& route : with_rest_) {
        if (!leads_to(*route, path)) continue;
        if (takes(*route, method)) return {route.get(), percent_decoded(path.substr(route->path.size()))};
        std::ranges::copy_if(route->methods, std::back_inserter(found.methods), tells_what_is_there);
    }
    return found;
}

}  // namespace freshet::scheduler
