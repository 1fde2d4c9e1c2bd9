// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/authorization.hpp"

#include "api/credentials.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace freshet::scheduler {

namespace {

constexpr std::array<std::string_view, 3> loopback_names = {"127.0.0.1", "[::1]", "localhost"};

constexpr std::size_t max_name_length = 253;  // that a host can have

/// "localhost" of "LOCALHOST:8082". Any port will do: an attacker's page can choose the name, not where we listen.
std::string host_name(std::string_view authority) {
    const std::size_t colon = authority.rfind(':');
    const bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos &&
                          authority.find_first_not_of("0123456789", colon + 1) == authority.npos;
    return lower(has_port ? authority.substr(0, colon) : authority);
}

/// An address of one machine in numbers: "10.1.2.3" or "[fd00::1]".
bool is_ip_address(std::string_view name) {
    if (name == "0.0.0.0" || name == "[::]") return false;
    if (name.starts_with('[') && name.ends_with(']'))
        return name.find_first_not_of("0123456789abcdef:.", 1) == name.size() - 1;
    return std::ranges::count(name, '.') == 3 && name.find_first_not_of("0123456789.") == name.npos;
}

/// Whom the request is addressed to; nothing when it does not say, or says two things.
std::optional<std::string> authority_of(const ParsedRequest& parsed) {
    const auto hosts = header_values(parsed.request.headers, "Host");
    if (hosts.size() != 1) return std::nullopt;
    return parsed.target.authority ? *parsed.target.authority : std::string(hosts[0]);
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

std::variant<Principal, Rejection> Authorizer::authorize(const ParsedRequest& parsed) const {
    const Route* route = parsed.match.route;
    if (route && route->roles.empty()) return Principal{"anybody", {}};
    if (auto rejection = check_host(parsed)) return *std::move(rejection);
    const auto principal = authenticate(parsed.request);
    if (!principal) {
        const bool is_wrong_token = token_from(parsed.request.headers).has_value();
        return Rejection{
            .status = 401,
            .reason = is_wrong_token ? "this token is none of those that are known here" : "a token is needed",
            .headers = {{"WWW-Authenticate", R"(Basic realm="freshetd", charset="UTF-8")"}},
            .is_wrong_token = is_wrong_token};
    }
    if (auto rejection = check_route(parsed, *principal)) {
        rejection->principal = principal->name;
        return *std::move(rejection);
    }
    return *principal;
}

std::optional<Rejection> Authorizer::check_host(const ParsedRequest& parsed) const {
    if (parsed.request.peer == "unix") return std::nullopt;  // no browser gets there
    const auto authority = authority_of(parsed);
    if (!authority) return Rejection{400, "the request does not name one host"};
    const std::string name = host_name(*authority);
    const auto& known = access_.hosts;
    if (std::ranges::count(loopback_names, name) || std::ranges::count(known, name) || std::ranges::count(known, "*"))
        return std::nullopt;
    if (access_.allow_ip_addresses && is_ip_address(name)) return std::nullopt;
    return Rejection{421, fmt::format("'{}' is not a name of this scheduler (its option --hosts lists them)",
                                      name.substr(0, max_name_length))};
}

std::optional<Principal> Authorizer::authenticate(const http::Request& request) const {
    if (tokens_.empty()) return Principal{"anybody", Roles::all()};
    const auto token = token_from(request.headers);
    return token ? tokens_.find(*token) : std::nullopt;
}

std::optional<Rejection> Authorizer::check_route(const ParsedRequest& parsed, const Principal& principal) const {
    const auto& [route, path_parameter, methods] = parsed.match;
    if (!route && methods.empty()) return Rejection{404, "there is nothing here"};
    if (!route) return Rejection{405, "this takes another method", {{"Allow", joined(methods, ", ")}}};
    if (!route->roles.intersects(principal.roles))
        return Rejection{403, fmt::format("this is for the role {}, which the token of '{}' has not",
                                          roles_text(route->roles), principal.name)};
    return route->effect == Effect::changes ? check_change(parsed) : std::nullopt;
}

std::optional<Rejection> Authorizer::check_change(const ParsedRequest& parsed) const {
    if (!is_same_site(parsed)) return Rejection{403, "a page of another site may not change anything"};
    if (parsed.request.method != "GET") return std::nullopt;
    const bool is_allowed = parsed.instance || (access_.allow_changes_by_get && is_luigi(parsed.request));
    if (is_allowed && !is_browser(parsed.request)) return std::nullopt;
    return Rejection{405, "GET changes nothing here: use POST", {{"Allow", "POST"}}};
}

/// Browsers tell which page asks; other clients say nothing of the kind.
bool Authorizer::is_same_site(const ParsedRequest& parsed) const {
    const auto origins = header_values(parsed.request.headers, "Origin");
    if (origins.size() > 1) return false;
    if (origins.size() == 1) {
        const std::string authority = authority_of(parsed).value_or("");
        return origins[0] == "http://" + authority || origins[0] == "https://" + authority ||
               may_origin_change(access_.cors, origins[0]);
    }
    const auto site = http::find_header(parsed.request.headers, "Sec-Fetch-Site");
    return !site || *site == "same-origin" || *site == "none";
}

}  // namespace freshet::scheduler
