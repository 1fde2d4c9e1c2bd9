// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/router.hpp"

#include "api/rpc_routes.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <charconv>

namespace freshet::api {

namespace {

constexpr int max_rejections_per_second = 10;  // in the audit log
constexpr std::string_view sign_in_hint =
    ": in a browser sign in with any user name and a token as the password; a program sends 'Authorization: Bearer "
    "TOKEN'";
constexpr std::size_t max_path_length = 200;  // in the audit log

/// Strips "/i/7" from "/i/7/api/ping" and returns 7; nothing for a path of another form.
std::optional<std::int64_t> strip_instance(std::string& path) {
    constexpr std::string_view begin = "/i/", api_path = "/api/";
    if (!path.starts_with(begin)) return std::nullopt;
    std::int64_t number = 0;
    const char* const first = path.data() + begin.size();
    const auto [end, error] = std::from_chars(first, path.data() + path.size(), number);
    const std::string_view rest(end, path.data() + path.size());
    if (error != std::errc() || *first == '-' || !rest.starts_with(api_path)) return std::nullopt;
    path = std::string(rest);
    return number;
}

/// Returns "/freshet" for "freshet/".
std::string normalized_prefix(std::string text) {
    while (text.ends_with('/')) text.pop_back();
    return text.empty() || text.starts_with('/') ? text : "/" + text;
}

void strip_prefix(std::string& path, const std::string& prefix) {
    if (prefix.empty() || !path.starts_with(prefix)) return;
    if (path.size() == prefix.size()) path += '/';
    if (path[prefix.size()] == '/') path.erase(0, prefix.size());
}

void respond_with_error(const http::Responder& respond, int status, const std::string& reason) {
    respond([status, reason] { return error_response(status, reason); });
}

/// Sets the RPC arguments; returns the reason if they cannot be parsed.
std::optional<std::string> parse_arguments(const Route& route, RequestContext& context) {
    try {
        context.arguments = rpc_arguments(context.request, context.query);
        if (!route.path_argument.empty()) context.arguments[route.path_argument] = context.path_parameter;
    } catch (const Error& error) {
        return error.what();
    }
    return std::nullopt;
}

AuditEntry make_audit_entry(const Route& route, const RequestContext& context) {
    return {.principal = context.principal.name,
            .peer = context.request.peer,
            .action = context.instance ? fmt::format("instance {}: {}", *context.instance, route.id) : route.id,
            .arguments = audit_arguments(context.arguments),
            .is_manual = route.roles != Role::work};
}

bool is_suspicious(const Rejection& rejection) {
    return rejection.status == 401 || rejection.status == 403 || rejection.status == 421 || rejection.status == 429;
}

}  // namespace

Router::Router(scheduler::Executor& executor, const Clock& clock, RouterOptions options)
    : clock_(clock),
      options_(std::move(options)),
      prefix_(normalized_prefix(options_.path_prefix)),
      rejection_throttle_(max_rejections_per_second),
      authorizer_(std::make_shared<const Authorizer>(options_.access, options_.tokens)) {
    for (Route& route : rpc_routes(executor, options_.instances)) add(std::move(route));
    for (Route& route : health_routes(executor)) add(std::move(route));
    if (!options_.access.has_visualiser) add(bookmark_route());
    if (options_.instances) add(debug_route(*options_.instances));
    const auto preflight = [this](const RequestContext& context, const http::Responder& reply) {
        http::Headers headers = preflight_headers(authorizer()->cors(), context.request);
        reply([headers = std::move(headers)] { return http::Response{.status = 204, .headers = headers}; });
    };
    add(index_route());
    add({.id = "preflight", .path = "/api/", .methods = {"OPTIONS"}, .handler = preflight});
}

/// What there is below /api/v1, as the table has it.
Route Router::index_route() const {
    const auto list = [this](const RequestContext&, const http::Responder& respond) {
        Json::Array routes;
        for (const Route* route : routes_.below("/api/v1"))
            for (const std::string& method : route->methods)
                routes.push_back(Json::Object{
                    {"method", method}, {"path", path_pattern(*route)}, {"roles", roles_text(route->roles)}});
        respond([document = Json(Json::Object{{"routes", std::move(routes)}})] { return json_response(document); });
    };
    return {.id = "json.index", .path = "/api/v1", .roles = Role::view, .handler = list};
}

void Router::set_access(AccessPolicy access, Tokens tokens) {
    auto authorizer = std::make_shared<const Authorizer>(std::move(access), std::move(tokens));
    const std::lock_guard lock(mutex_);
    authorizer_ = std::move(authorizer);
}

std::shared_ptr<const Authorizer> Router::authorizer() const {
    const std::lock_guard lock(mutex_);
    return authorizer_;
}

http::HeaderCheck Router::check_header(const http::Request& header) {
    http::HeaderCheck header_check;
    const http::Responder refuse = [&](const http::MakeResponse& make) { header_check.refusal = make(); };
    auto target = parse_request_target(header.url);
    if (!target) {
        respond_with_error(refuse, 400, "invalid request target");
        return header_check;
    }
    ParsedRequest parsed{.request = header, .target = *std::move(target)};
    find_route(parsed);
    const auto authorizer = this->authorizer();
    auto decision = authorizer->authorize(parsed);
    if (auto* rejection = std::get_if<Rejection>(&decision))
        reject(parsed, throttled(std::move(*rejection), header.peer), filter_of(header, *authorizer), refuse);
    else
        header_check.body_limit = parsed.match.route->body_limit();
    return header_check;
}

void Router::handle(http::Request request, const http::Responder& respond) {
    auto target = parse_request_target(request.url);
    if (!target) return respond_with_error(respond, 400, "invalid request target");
    ParsedRequest parsed{.request = request, .target = *std::move(target)};
    find_route(parsed);
    const auto authorizer = this->authorizer();
    ResponseFilter filter = filter_of(request, *authorizer);
    auto decision = authorizer->authorize(parsed);
    if (auto* rejection = std::get_if<Rejection>(&decision))
        return reject(parsed, throttled(std::move(*rejection), request.peer), std::move(filter), respond);
    dispatch(parsed, std::move(request), std::get<Principal>(std::move(decision)), std::move(filter), respond);
}

ResponseFilter Router::filter_of(const http::Request& request, const Authorizer& authorizer) const {
    ResponseFilter filter(request, authorizer.cors());
    if (is_form_of_page(request)) filter.error_page = options_.error_page;
    return filter;
}

void Router::find_route(ParsedRequest& parsed) const {
    std::string path = parsed.target.path;
    strip_prefix(path, prefix_);
    if (options_.instances) parsed.instance = strip_instance(path);
    parsed.match = routes_.find(parsed.request.method, path);
}

/// Turns the rejection into a 429 if the peer has sent too many wrong tokens.
Rejection Router::throttled(Rejection rejection, const std::string& peer) {
    const auto pause =
        rejection.is_wrong_token ? auth_throttle_.record_failure(peer, clock_.steady_now()) : std::nullopt;
    if (!pause) return rejection;
    return {.status = 429,
            .reason = "too many wrong tokens from this address",
            .headers = {{"Retry-After", std::to_string(pause->count())}}};
}

void Router::reject(const ParsedRequest& parsed, const Rejection& rejection, ResponseFilter filter,
                    const http::Responder& respond) {
    const auto suppressed =
        is_suspicious(rejection) ? rejection_throttle_.try_acquire(clock_.steady_now()) : std::nullopt;
    if (suppressed) {
        const Json why = Json::Object{{"reason", rejection.reason}, {"not_shown_before", *suppressed}};
        const std::string path = parsed.target.path.substr(0, max_path_length);
        AuditEntry entry{.principal = rejection.principal,
                         .peer = parsed.request.peer,
                         .action = fmt::format("{} {}", parsed.request.method, path),
                         .arguments = why.python_text()};
        filter.audit_entry = std::make_shared<PendingAuditEntry>(std::move(entry), options_.audit_backends);
    }
    with_filter(respond, std::move(filter))([rejection] {
        const std::string_view hint = rejection.status == 401 ? sign_in_hint : "";
        http::Response response = error_response(rejection.status, fmt::format("{}{}", rejection.reason, hint));
        response.headers.insert(response.headers.end(), rejection.headers.begin(), rejection.headers.end());
        return response;
    });
}

void Router::dispatch(ParsedRequest& parsed, http::Request request, Principal principal, ResponseFilter filter,
                      const http::Responder& respond) {
    const Route& route = *parsed.match.route;
    RequestContext context{.request = std::move(request),
                           .path_parameter = std::move(parsed.match.path_parameter),
                           .query = form_decoded(parsed.target.query),
                           .principal = std::move(principal),
                           .instance = parsed.instance};
    const auto failure = parse_arguments(route, context);
    if (route.effect == Effect::changes && route.audited == Audited::yes && !options_.audit_backends.empty()) {
        try {
            for (AuditBackend* backend : options_.audit_backends) backend->prepare();
        } catch (const Error& error) {
            return with_filter(respond, std::move(filter))([reason = std::string(error.what())] {
                return rpc_response(rpc::Unavailable{reason + "; no change is made without its line there"});
            });
        }
        context.audit_entry = filter.audit_entry =
            std::make_shared<PendingAuditEntry>(make_audit_entry(route, context), options_.audit_backends);
    }
    filter.takes_long = route.takes_long();
    const http::Responder filtered = with_filter(respond, std::move(filter));
    if (failure) return respond_with_error(filtered, route.malformed_status, fmt::format("{}: {}", route.id, *failure));
    try {
        route.handler(std::move(context), filtered);
    } catch (const std::exception& error) {
        respond_with_error(filtered, 500, error.what());
    }
}

}  // namespace freshet::api
