// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/gate.hpp"

#include "base/text.hpp"
#include "scheduler/api/credentials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace freshet::scheduler {

namespace {

constexpr std::array<std::string_view, 3> loopback_names = {"127.0.0.1", "[::1]", "localhost"};

constexpr std::size_t longest_name = 253;  // that a host can have

/// "localhost" of "LOCALHOST:8082". Any port will do: an attacker's page can choose the name, not where we listen.
std::string host_name(std::string_view authority) {
    const std::size_t colon = authority.rfind(':');
    const bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos &&
                          authority.find_first_not_of("0123456789", colon + 1) == authority.npos;
    return lower(has_port ? authority.substr(0, colon) : authority);
}

/// An address of one machine in numbers: "10.1.2.3" or "[fd00::1]".
bool is_address(std::string_view name) {
    if (name == "0.0.0.0" || name == "[::]") return false;
    if (name.starts_with('[') && name.ends_with(']'))
        return name.find_first_not_of("0123456789abcdef:.", 1) == name.size() - 1;
    return std::ranges::count(name, '.') == 3 && name.find_first_not_of("0123456789.") == name.npos;
}

/// Whom the request is addressed to; nothing when it does not say, or says two things.
std::optional<std::string> authority_of(const Asked& asked) {
    const auto hosts = values_of(asked.request.headers, "Host");
    if (hosts.size() != 1) return std::nullopt;
    return asked.target.authority ? *asked.target.authority : std::string(hosts[0]);
}

bool is_browser(const http::Request& request) {
    return std::ranges::any_of(std::array{"Origin", "Referer", "Sec-Fetch-Site"},
                               [&](auto name) { return http::find_header(request.headers, name).has_value(); });
}

bool is_luigi(const http::Request& request) {
    const std::string agent = http::find_header(request.headers, "User-Agent").value_or("");
    return agent.starts_with("python-requests/") || agent.starts_with("Python-urllib/");
}

}  // namespace

std::variant<Actor, Turned> Gate::admit(const Asked& asked) const {
    const Route* route = asked.found.route;
    if (route && route->roles.empty()) return Actor{"anybody", {}};
    if (auto turned = wrong_host(asked)) return *std::move(turned);
    const auto actor = identify(asked.request);
    if (!actor) {
        const bool is_guess = token_in(asked.request.headers).has_value();
        return Turned{.status = 401,
                      .reason = is_guess ? "this token is none of those that are known here" : "a token is needed",
                      .headers = {{"WWW-Authenticate", R"(Basic realm="freshetd", charset="UTF-8")"}},
                      .is_guess = is_guess};
    }
    if (auto turned = wrong_route(asked, *actor)) {
        turned->actor = actor->name;
        return *std::move(turned);
    }
    return *actor;
}

std::optional<Turned> Gate::wrong_host(const Asked& asked) const {
    if (asked.request.peer == "unix") return std::nullopt;  // no browser gets there
    const auto authority = authority_of(asked);
    if (!authority) return Turned{400, "the request does not name one host"};
    const std::string name = host_name(*authority);
    const auto& known = access_.hosts;
    if (std::ranges::count(loopback_names, name) || std::ranges::count(known, name) || std::ranges::count(known, "*"))
        return std::nullopt;
    if (access_.any_address && is_address(name)) return std::nullopt;
    return Turned{421, fmt::format("'{}' is not a name of this scheduler (its option --hosts lists them)",
                                   name.substr(0, longest_name))};
}

std::optional<Actor> Gate::identify(const http::Request& request) const {
    if (tokens_.empty()) return Actor{"anybody", Roles::all()};
    const auto token = token_in(request.headers);
    return token ? tokens_.find(*token) : std::nullopt;
}

std::optional<Turned> Gate::wrong_route(const Asked& asked, const Actor& actor) const {
    const auto& [route, rest, methods] = asked.found;
    if (!route && methods.empty()) return Turned{404, "there is nothing here"};
    if (!route) return Turned{405, "this takes another method", {{"Allow", joined(methods, ", ")}}};
    if (!route->roles.meets(actor.roles))
        return Turned{403, fmt::format("this is for the role {}, which the token of '{}' has not", words(route->roles),
                                       actor.name)};
    return route->effect == Effect::changes ? wrong_change(asked) : std::nullopt;
}

std::optional<Turned> Gate::wrong_change(const Asked& asked) const {
    if (!is_from_here(asked)) return Turned{403, "a page of another site may not change anything"};
    if (asked.request.method != "GET") return std::nullopt;
    const bool is_welcome = asked.instance || (access_.changes_by_get && is_luigi(asked.request));
    if (is_welcome && !is_browser(asked.request)) return std::nullopt;
    return Turned{405, "GET changes nothing here: use POST", {{"Allow", "POST"}}};
}

/// Browsers tell which page asks; other clients say nothing of the kind.
bool Gate::is_from_here(const Asked& asked) const {
    const auto origins = values_of(asked.request.headers, "Origin");
    if (origins.size() > 1) return false;
    if (origins.size() == 1) {
        const std::string authority = authority_of(asked).value_or("");
        return origins[0] == "http://" + authority || origins[0] == "https://" + authority ||
               may_change(access_.cors, origins[0]);
    }
    const auto site = http::find_header(asked.request.headers, "Sec-Fetch-Site");
    return !site || *site == "same-origin" || *site == "none";
}

}  // namespace freshet::scheduler
