// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/own_routes.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "freshet/codec.hpp"
#include "freshet/error.hpp"
#include "scheduler/api/answers.hpp"
#include "scheduler/api/audit.hpp"
#include "scheduler/api/method_rules.hpp"
#include "scheduler/api/test_instances.hpp"
#include "wire/codec.hpp"

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
void leave_out_in_vain(const std::shared_ptr<AuditLine>& line, const wire::Response& response) {
    const auto* work = std::get_if<wire::Work>(&response);
    if (line && work && std::holds_alternative<std::monostate>(work->assignment)) line->leave_out();
}

/// Made at once: test instances have no thread of their own.
http::Response ask_instance(TestInstances& instances, const Visit& visit, const wire::Request& request) {
    const auto response = instances.ask(*visit.instance, request, debug_now(visit.request));
    if (!response) return error_answer(404, fmt::format("there is no test instance {}", *visit.instance));
    leave_out_in_vain(visit.line, *response);
    return wire_answer(*response);
}

Route method_route(std::string_view method, Executor& executor, TestInstances* instances) {
    const MethodRule rule = rule_of(method);
    const auto call = [name = std::string(method), &executor, instances](const Visit& visit,
                                                                         const http::Answer& answer) {
        wire::Request request = wire::decode(name, visit.arguments);
        if (visit.instance) {
            const http::Response response = ask_instance(*instances, visit, request);
            return answer([response] { return response; });
        }
        const auto reply = [answer, line = visit.line](std::vector<wire::Response> responses) {
            leave_out_in_vain(line, responses.front());
            answer([response = std::move(responses.front())] { return wire_answer(response); });
        };
        executor.submit({std::move(request)}, reply, visit.request.is_wanted);
    };
    return {.id = fmt::format("api.{}", method),
            .path = fmt::format("/api/{}", method),
            .methods = {"GET", "POST"},
            .roles = rule.roles,
            .effect = rule.effect,
            .audited = rule.audited,
            .handler = call};
}

}  // namespace

std::vector<Route> method_routes(Executor& executor, TestInstances* instances) {
    std::vector<Route> routes;
    for (const std::string_view method : wire::method_names())
        routes.push_back(method_route(method, executor, instances));
    return routes;
}

std::vector<Route> health_routes(Executor& executor) {
    const auto is_there = [](const Visit&, const http::Answer& answer) {
        answer([] { return http::Response{.status = 204}; });
    };
    const auto is_healthy = [&executor](const Visit&, const http::Answer& answer) {
        executor.submit({}, [answer](const auto&) {
            answer([] { return json_answer(Json::Object{{"status", "ok"}}); });
        });
    };
    return {{.id = "head", .path = "/", .methods = {"HEAD"}, .handler = is_there},
            {.id = "healthz", .path = "/healthz", .methods = {"GET", "HEAD"}, .handler = is_healthy}};
}

Route bookmark_route() {
    const auto redirect = [](const Visit&, const http::Answer& answer) {
        answer([] { return http::Response{.status = 302, .headers = {{"Location", "../../"}}}; });
    };
    return {.id = "bookmark", .path = "/static/visualiser/index.html", .roles = Role::view, .handler = redirect};
}

Route debug_route(TestInstances& instances) {
    const auto make = [&instances](const Visit& visit, const http::Answer& answer) {
        const std::string_view body = trimmed(visit.request.body);
        // Suites send the bare object under any type of content.
        const std::int64_t number = instances.make(body.starts_with('{') ? Json::parse(body) : visit.arguments);
        answer([number] { return json_answer(Json::Object{{"id", number}}); });
    };
    return {.id = "debug.new",
            .path = "/debug/new",
            .methods = {"POST"},
            .roles = Role::operate,
            .effect = Effect::changes,
            .handler = make};
}

}  // namespace freshet::scheduler
