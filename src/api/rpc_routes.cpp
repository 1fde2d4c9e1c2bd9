// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/rpc_routes.hpp"

#include "api/answers.hpp"
#include "api/audit_log.hpp"
#include "api/method_rules.hpp"
#include "api/test_instances.hpp"
#include "base/time.hpp"
#include "freshet/codec.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "rpc/codec.hpp"

#include <fmt/format.h>

#include <cmath>

namespace freshet::scheduler {

namespace {

/// The clock of a call to a test instance.
std::optional<Time> debug_now(const http::Request& request) {
    const auto text = http::find_header(request.headers, "X-Debug-Now");
    if (!text) return std::nullopt;
    const double seconds = Codec<double>::read(*text);
    if (!std::isfinite(seconds)) throw ParameterError(fmt::format("X-Debug-Now is '{}', which is no time", *text));
    return time_from_epoch_seconds(seconds);
}

/// Who asks for work in vain asks again and again: the audit would be full of it.
void discard_if_no_work(const std::shared_ptr<PendingAuditEntry>& audit_entry, const rpc::Response& response) {
    const auto* work = std::get_if<rpc::Work>(&response);
    if (audit_entry && work && std::holds_alternative<std::monostate>(work->assignment)) audit_entry->discard();
}

/// Made at once: test instances have no thread of their own.
http::Response call_instance(TestInstances& instances, const RequestContext& context, const rpc::Request& request) {
    const auto response = instances.handle(*context.instance, request, debug_now(context.request));
    if (!response) return error_response(404, fmt::format("there is no test instance {}", *context.instance));
    discard_if_no_work(context.audit_entry, *response);
    return rpc_response(*response);
}

Route rpc_route(std::string_view method, Executor& executor, TestInstances* instances) {
    const MethodPermissions permissions = permissions_of(method);
    const auto call = [name = std::string(method), &executor, instances](const RequestContext& context,
                                                                         const http::Responder& respond) {
        rpc::Request request = rpc::decode(name, context.arguments);
        if (context.instance) {
            const http::Response response = call_instance(*instances, context, request);
            return respond([response] { return response; });
        }
        const auto reply = [respond, audit_entry = context.audit_entry](std::vector<rpc::Response> responses) {
            discard_if_no_work(audit_entry, responses.front());
            respond([response = std::move(responses.front())] { return rpc_response(response); });
        };
        executor.submit({std::move(request)}, reply, context.request.is_connected);
    };
    return {.id = fmt::format("api.{}", method),
            .path = fmt::format("/api/{}", method),
            .methods = {"GET", "POST"},
            .roles = permissions.roles,
            .effect = permissions.effect,
            .audited = permissions.audited,
            .handler = call};
}

}  // namespace

std::vector<Route> rpc_routes(Executor& executor, TestInstances* instances) {
    std::vector<Route> routes;
    for (const std::string_view method : rpc::method_names()) routes.push_back(rpc_route(method, executor, instances));
    return routes;
}

std::vector<Route> health_routes(Executor& executor) {
    const auto is_there = [](const RequestContext&, const http::Responder& respond) {
        respond([] { return http::Response{.status = 204}; });
    };
    const auto is_healthy = [&executor](const RequestContext&, const http::Responder& respond) {
        executor.submit({}, [respond](const auto&) {
            respond([] { return json_response(Json::Object{{"status", "ok"}}); });
        });
    };
    return {{.id = "head", .path = "/", .methods = {"HEAD"}, .handler = is_there},
            {.id = "healthz", .path = "/healthz", .methods = {"GET", "HEAD"}, .handler = is_healthy}};
}

Route bookmark_route() {
    const auto redirect = [](const RequestContext&, const http::Responder& respond) {
        respond([] { return http::Response{.status = 302, .headers = {{"Location", "../../"}}}; });
    };
    return {.id = "bookmark", .path = "/static/visualiser/index.html", .roles = Role::view, .handler = redirect};
}

Route debug_route(TestInstances& instances) {
    const auto make = [&instances](const RequestContext& context, const http::Responder& respond) {
        const std::string_view body = trimmed(context.request.body);
        // Suites send the bare object under any type of content.
        const std::int64_t number = instances.make(body.starts_with('{') ? Json::parse(body) : context.arguments);
        respond([number] { return json_response(Json::Object{{"id", number}}); });
    };
    return {.id = "debug.new",
            .path = "/debug/new",
            .methods = {"POST"},
            .roles = Role::operate,
            .effect = Effect::changes,
            .handler = make};
}

}  // namespace freshet::scheduler
