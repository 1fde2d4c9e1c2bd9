// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/rpc_routes.hpp"

#include "api/audit_log.hpp"
#include "api/responses.hpp"
#include "api/test_instances.hpp"
#include "base/time.hpp"
#include "freshet/codec.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "rpc/codec.hpp"
#include "scheduler/sliced_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace freshet::api {

namespace {

constexpr Roles any_role = Role::view | Role::work;  // operate includes view

constexpr std::array permission_table = {
    // Messages of workers.
    MethodPermissions{"add_task", Role::work, Effect::changes},
    MethodPermissions{"register_tasks", Role::work, Effect::changes},
    MethodPermissions{"add_task_batcher", Role::work, Effect::changes},
    MethodPermissions{"add_worker", Role::work, Effect::changes},
    MethodPermissions{"get_work", Role::work, Effect::changes},
    MethodPermissions{"ping", Role::work, Effect::changes, Audited::no},  // heartbeat, every second
    MethodPermissions{"renew_lease", Role::work, Effect::changes, Audited::no},
    MethodPermissions{"holds_lease", Role::work, Effect::changes, Audited::no},  // the report that follows is audited
    MethodPermissions{"announce_scheduling_failure", Role::work, Effect::changes},
    MethodPermissions{"set_task_status_message", Role::work, Effect::changes},
    MethodPermissions{"set_task_progress_percentage", Role::work, Effect::changes},
    MethodPermissions{"decrease_running_task_resources", Role::work, Effect::changes},
    MethodPermissions{"add_scheduler_message_response", Role::work, Effect::changes},
    MethodPermissions{"report_task_statistics", Role::work, Effect::changes},

    // Changes by operators.
    MethodPermissions{"disable_worker", Role::operate, Effect::changes},
    MethodPermissions{"set_worker_processes", Role::operate, Effect::changes},
    MethodPermissions{"send_scheduler_message", Role::operate, Effect::changes},
    MethodPermissions{"get_scheduler_message_response", Role::operate, Effect::changes},  // consumes the response
    MethodPermissions{"update_resources", Role::operate, Effect::changes},
    MethodPermissions{"update_resource", Role::operate, Effect::changes},
    MethodPermissions{"prune", Role::operate, Effect::changes},
    MethodPermissions{"pause", Role::operate, Effect::changes},
    MethodPermissions{"unpause", Role::operate, Effect::changes},
    MethodPermissions{"forgive_failures", Role::operate, Effect::changes},
    MethodPermissions{"retry_tasks", Role::operate, Effect::changes},
    MethodPermissions{"mark_as_done", Role::operate, Effect::changes},
    MethodPermissions{"cancel_task", Role::operate, Effect::changes},
    MethodPermissions{"set_task_priority", Role::operate, Effect::changes},
    MethodPermissions{"rerun_task", Role::operate, Effect::changes},
    MethodPermissions{"re_enable_task", Role::operate, Effect::changes},
    MethodPermissions{"acknowledge_failures", Role::operate, Effect::changes},

    // Queries for any token.
    MethodPermissions{"hello", any_role, Effect::reads},
    MethodPermissions{"count_pending", any_role, Effect::reads},
    MethodPermissions{"get_running_task_resources", any_role, Effect::reads},
    MethodPermissions{"explain", any_role, Effect::reads},
    MethodPermissions{"queue_status", any_role, Effect::reads},
    MethodPermissions{"is_paused", any_role, Effect::reads},
    MethodPermissions{"is_pause_enabled", any_role, Effect::reads},
    MethodPermissions{"has_task_history", any_role, Effect::reads},

    // Queries of viewers.
    MethodPermissions{"graph", Role::view, Effect::reads},
    MethodPermissions{"resource_list", Role::view, Effect::reads},
    MethodPermissions{"get_task_status_message", Role::view, Effect::reads},
    MethodPermissions{"get_task_progress_percentage", Role::view, Effect::reads},
    MethodPermissions{"fetch_error", Role::view, Effect::reads},
    MethodPermissions{"task_list", Role::view, Effect::reads},
    MethodPermissions{"task_search", Role::view, Effect::reads},
    MethodPermissions{"dep_graph", Role::view, Effect::reads},
    MethodPermissions{"inverse_dep_graph", Role::view, Effect::reads},
    MethodPermissions{"worker_list", Role::view, Effect::reads},
};

/// Returns "application/json" for "Application/JSON; charset=UTF-8".
std::string media_type(const http::Request& request) {
    const std::string value = http::find_header(request.headers, "Content-Type").value_or("");
    return lower(trimmed(std::string_view(value).substr(0, value.find(';'))));
}

// Fields of a page's form that its viewer fills in; Luigi's clients send `data` only.
constexpr std::array<std::string_view, 2> text_arguments = {"content", "resource"};
constexpr std::array<std::string_view, 2> number_arguments = {"amount", "n"};

/// The argument in a form's field: a number as such, unless it is none, which the method refuses.
Json number_or_text(const std::string& value) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    return error == std::errc() && end == value.data() + value.size() ? Json(number) : Json(value);
}

void add_form_arguments(Json& arguments, const FormFields& form) {
    for (const auto& [name, value] : form)
        if (std::ranges::find(text_arguments, name) != text_arguments.end())
            arguments[name] = value;
        else if (std::ranges::find(number_arguments, name) != number_arguments.end())
            arguments[name] = number_or_text(value);
}

const std::string* last_data(const FormFields& fields) {
    const auto found =
        std::find_if(fields.rbegin(), fields.rend(), [](const auto& field) { return field.first == "data"; });
    return found == fields.rend() ? nullptr : &found->second;
}

/// Returns the time of a call to a test instance.
std::optional<Time> debug_now(const http::Request& request) {
    const auto text = http::find_header(request.headers, "X-Debug-Now");
    if (!text) return std::nullopt;
    const double seconds = Codec<double>::read(*text);
    if (!std::isfinite(seconds)) throw ParameterError(fmt::format("X-Debug-Now: '{}' is not a time", *text));
    return time_from_epoch_seconds(seconds);
}

/// Keeps work requests without an assignment, which workers repeat all the time, out of the audit log.
void discard_if_no_work(const std::shared_ptr<PendingAuditEntry>& audit_entry, const rpc::Response& response) {
    const auto* work = std::get_if<rpc::Work>(&response);
    if (audit_entry && work && std::holds_alternative<std::monostate>(work->assignment)) audit_entry->discard();
}

/// The page that a form is on, from the RPC: that of the task, of workers or of resources, or else the front page.
std::string page_of_form(const RequestContext& context) {
    const std::string from = http::find_header(context.request.headers, "Referer").value_or("");
    for (const std::string page : {"workers", "resources"})
        if (from.ends_with("/" + page)) return "../" + page;
    const Json* task = context.arguments.find("task_id");
    if (!task) task = context.arguments.find("task");
    const bool is_task_page = task && task->is_string() && from.find("/task/") != std::string::npos;
    return is_task_page ? "../task/" + percent_encoded(task->as_string()) : "../";
}

/// Sends the browser back after a change.
http::Response back_to_page(http::Response response, const std::string& page) {
    if (response.status != 200) return response;
    return {.status = 303, .headers = {{"Location", page}}};
}

/// The health of a scheduler that cannot record anything. Names nothing: the route is public.
http::Response disk_full_response() {
    http::Response response = json_response(
        Json::Object{{"status", "disk full"}, {"error", "nothing can be recorded until there is room on the disk"}});
    response.status = 503;
    return response;
}

/// Calls a test instance synchronously: it has no thread of its own.
http::Response call_instance(TestInstances& instances, const RequestContext& context, const rpc::Request& request) {
    const auto response = instances.handle(*context.instance, request, debug_now(context.request));
    if (!response) return error_response(404, fmt::format("no such test instance: {}", *context.instance));
    discard_if_no_work(context.audit_entry, *response);
    return rpc_response(*response);
}

Route rpc_route(std::string_view method, scheduler::Executor& executor, TestInstances* instances) {
    const MethodPermissions permissions = permissions_of(method);
    const auto call = [name = std::string(method), effect = permissions.effect, &executor, instances](
                          const RequestContext& context, const http::Responder& respond) {
        rpc::Request request = make_call(name, context.arguments, context.principal);
        if (context.instance) {
            const http::Response response = call_instance(*instances, context, request);
            return respond([response] { return response; });
        }
        if (scheduler::is_sliced_query(request)) {
            const auto on_done = [respond](const std::shared_ptr<scheduler::QueryResult>& result) {
                respond([result] { return query_response(result); });
            };
            return executor.query(std::move(request), on_done, context.request.is_connected);
        }
        const bool from_page = effect == Effect::changes && is_form_of_page(context.request);
        const auto reply = [respond, from_page, page = page_of_form(context),
                            audit_entry = context.audit_entry](std::vector<rpc::Response> responses) {
            discard_if_no_work(audit_entry, responses.front());
            respond([from_page, page, response = std::move(responses.front())] {
                return from_page ? back_to_page(rpc_response(response), page) : rpc_response(response);
            });
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

MethodPermissions permissions_of(std::string_view method) {
    const auto found = std::ranges::find(permission_table, method, &MethodPermissions::method);
    return found == permission_table.end() ? MethodPermissions{method, Role::operate, Effect::changes} : *found;
}

bool has_permissions(std::string_view method) {
    return std::ranges::find(permission_table, method, &MethodPermissions::method) != permission_table.end();
}

Json rpc_arguments(const http::Request& request, const FormFields& query) {
    const std::string type = request.body.empty() ? "" : media_type(request);
    if (type == "application/json") return Json::parse(request.body);
    const FormFields form = type == "application/x-www-form-urlencoded" ? form_decoded(request.body) : FormFields{};
    const std::string* data = last_data(form);
    if (!data) data = last_data(query);
    Json arguments = data ? Json::parse(*data) : Json::object();
    add_form_arguments(arguments, form);
    return arguments;
}

rpc::Request make_call(std::string_view method, const Json& arguments, const Principal& principal) {
    rpc::Request request = rpc::decode(method, arguments);
    std::visit(
        [&](auto& alternative) {
            if constexpr (requires { alternative.principal; }) alternative.principal = principal.name;
        },
        static_cast<rpc::RequestAlternatives&>(request));
    return request;
}

std::vector<Route> rpc_routes(scheduler::Executor& executor, TestInstances* instances) {
    std::vector<Route> routes;
    for (const std::string_view method : rpc::method_names()) routes.push_back(rpc_route(method, executor, instances));
    return routes;
}

std::vector<Route> health_routes(scheduler::Executor& executor) {
    const auto is_there = [](const RequestContext&, const http::Responder& respond) {
        respond([] { return http::Response{.status = 204}; });
    };
    const auto is_healthy = [&executor](const RequestContext&, const http::Responder& respond) {
        if (const auto stalled_for = executor.stalled_for(); stalled_for.count() > 0)
            return respond([stalled_for] { return stalled_response(stalled_for); });
        executor.submit({}, [respond, &executor](const auto&) {
            if (executor.is_disk_full()) return respond([] { return disk_full_response(); });
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
        // Test suites send the bare object with any Content-Type.
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

}  // namespace freshet::api
