// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/authorization.hpp"

#include "freshet/digest.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace freshet::api {

namespace {

/// Returns the credentials after the scheme and one space; nothing for another scheme.
std::optional<std::string_view> after_scheme(std::string_view value, std::string_view scheme) {
    if (value.size() <= scheme.size() + 1 || value[scheme.size()] != ' ') return std::nullopt;
    if (lower(value.substr(0, scheme.size())) != scheme) return std::nullopt;
    return value.substr(scheme.size() + 1);
}

/// Returns the values of all headers of that name.
std::vector<std::string_view> header_values(const http::Headers& headers, std::string_view name) {
    std::vector<std::string_view> values;
    const std::string wanted = lower(name);
    for (const auto& [key, value] : headers)
        if (key.size() == wanted.size() && lower(key) == wanted) values.push_back(value);
    return values;
}

/// Returns the token of the only Authorization header: "Bearer TOKEN", or the password of "Basic", which is how clients
/// send a URL with "user:TOKEN@". Nothing if the header is missing, repeated or of another form.
std::optional<std::string> token_from(const http::Headers& headers) {
    const auto values = header_values(headers, "Authorization");
    if (values.size() != 1) return std::nullopt;
    if (const auto token = after_scheme(values[0], "bearer")) return std::string(*token);
    const auto basic = after_scheme(values[0], "basic");
    const auto pair = basic ? base64_decoded(*basic) : std::nullopt;
    if (!pair || pair->find(':') == pair->npos) return std::nullopt;
    return pair->substr(pair->find(':') + 1);
}

constexpr std::array<std::string_view, 3> loopback_names = {"127.0.0.1", "[::1]", "localhost"};

constexpr std::size_t max_name_length = 253;  // per DNS name

/// Returns "localhost" of "LOCALHOST:8082". Ports are not checked: DNS rebinding controls the name, not the port.
std::string host_name(std::string_view authority) {
    const std::size_t colon = authority.rfind(':');
    const bool has_port = colon != authority.npos && authority.find(']', colon) == authority.npos &&
                          authority.find_first_not_of("0123456789", colon + 1) == authority.npos;
    return lower(has_port ? authority.substr(0, colon) : authority);
}

/// Returns true for a numeric address of one host: "10.1.2.3" or "[fd00::1]".
bool is_ip_address(std::string_view name) {
    if (name == "0.0.0.0" || name == "[::]") return false;
    if (name.starts_with('[') && name.ends_with(']'))
        return name.find_first_not_of("0123456789abcdef:.", 1) == name.size() - 1;
    return std::ranges::count(name, '.') == 3 && name.find_first_not_of("0123456789.") == name.npos;
}

/// Returns the requested authority; nothing unless there is exactly one Host header.
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

/// Returns true for a request by the script of Luigi's page. A page of another site cannot set X-Requested-With without
/// being asked by CORS, and a link or an image, even one that a worker has put into a page of this site, not at all.
/// Browsers send Sec-Fetch-Site to https and loopback only; elsewhere the Referer tells the same.
bool is_from_visualiser(const ParsedRequest& parsed) {
    const http::Headers& headers = parsed.request.headers;
    if (http::find_header(headers, "X-Requested-With") != "XMLHttpRequest") return false;
    if (const auto site = http::find_header(headers, "Sec-Fetch-Site")) return *site == "same-origin";
    const std::string referer = http::find_header(headers, "Referer").value_or("");
    const std::string authority = authority_of(parsed).value_or("");
    return referer.starts_with("http://" + authority + "/") || referer.starts_with("https://" + authority + "/");
}

using namespace std::chrono_literals;

constexpr auto max_debt = 60s;
constexpr auto cost_per_failure = 6s;    // ten a minute
constexpr std::size_t max_peers = 1000;  // bounds the memory to about 100 KB

}  // namespace

std::variant<Principal, Rejection> Authorizer::authorize(const ParsedRequest& parsed) const {
    const Route* route = parsed.match.route;
    if (route && route->roles.empty()) return Principal{"anybody", {}};
    if (auto rejection = check_host(parsed)) return *std::move(rejection);
    const auto principal = authenticate(parsed.request);
    if (!principal) {
        const bool is_wrong_token = token_from(parsed.request.headers).has_value();
        return Rejection{.status = 401,
                         .reason = is_wrong_token ? "unknown token" : "authentication required",
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
    if (parsed.request.peer == "unix") return std::nullopt;  // browsers cannot connect to it
    const auto authority = authority_of(parsed);
    if (!authority) return Rejection{400, "exactly one Host header required"};
    const std::string name = host_name(*authority);
    const auto& known = access_.hosts;
    if (std::ranges::count(loopback_names, name) || std::ranges::count(known, name) || std::ranges::count(known, "*"))
        return std::nullopt;
    if (access_.allow_ip_addresses && is_ip_address(name)) return std::nullopt;
    return Rejection{421,
                     fmt::format("host '{}' is not accepted (add it with --hosts)", name.substr(0, max_name_length))};
}

std::optional<Principal> Authorizer::authenticate(const http::Request& request) const {
    if (tokens_.empty()) return Principal{"anybody", access_.roles_without_tokens};
    const auto token = token_from(request.headers);
    return token ? tokens_.find(*token) : std::nullopt;
}

std::optional<Rejection> Authorizer::check_route(const ParsedRequest& parsed, const Principal& principal) const {
    const auto& [route, path_parameter, methods] = parsed.match;
    if (!route && methods.empty()) return Rejection{404, "no such path"};
    if (!route) return Rejection{405, "method not allowed", {{"Allow", joined(methods, ", ")}}};
    if (!route->roles.intersects(principal.roles))
        return Rejection{403, fmt::format("role {} required; token '{}' does not have it", roles_text(route->roles),
                                          principal.name)};
    return route->effect == Effect::changes ? check_change(parsed) : std::nullopt;
}

std::optional<Rejection> Authorizer::check_change(const ParsedRequest& parsed) const {
    if (!is_same_site(parsed)) return Rejection{403, "cross-site request may not make changes"};
    if (parsed.request.method != "GET") return std::nullopt;
    const bool is_allowed = parsed.instance || (access_.allow_changes_by_get && is_luigi(parsed.request));
    if (is_allowed && !is_browser(parsed.request)) return std::nullopt;
    if (access_.has_visualiser && is_from_visualiser(parsed)) return std::nullopt;
    return Rejection{405, "changes by GET are disabled: use POST", {{"Allow", "POST"}}};
}

/// Checks Origin and Sec-Fetch-Site, which only browsers send.
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

std::optional<std::chrono::seconds> AuthThrottle::record_failure(const std::string& peer, Instant now) {
    const std::lock_guard lock(mutex_);
    if (expires_at_.size() >= max_peers && !expires_at_.contains(peer)) evict(now);
    Instant& expires_at = expires_at_.try_emplace(peer, now).first->second;
    const Instant next = std::max(expires_at, now) + cost_per_failure;
    if (next - now > max_debt) return std::chrono::ceil<std::chrono::seconds>(next - now - max_debt);
    expires_at = next;
    return std::nullopt;
}

/// Drops expired peers, or the one that expires first. Requires the lock.
void AuthThrottle::evict(Instant now) {
    std::erase_if(expires_at_, [&](const auto& entry) { return entry.second <= now; });
    if (expires_at_.size() < max_peers) return;
    const auto expires_at = [](const auto& entry) { return entry.second; };
    expires_at_.erase(std::ranges::min_element(expires_at_, {}, expires_at));
}

}  // namespace freshet::api
