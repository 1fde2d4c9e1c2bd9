// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/change_routes.hpp"

#include "api/responses.hpp"
#include "api/rpc_routes.hpp"
#include "dashboard/task_actions.hpp"
#include "dashboard/views.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace freshet::dashboard {

namespace {

constexpr std::size_t max_name_in_refusal = 200;

void refuse(const http::Responder& respond, int status, std::string reason) {
    respond([status, reason = std::move(reason)] { return api::error_response(status, reason); });
}

/// Why the body is refused: it has the operand, and nothing else.
std::optional<std::string> check_body(const TaskAction& action, const Json& arguments) {
    for (const auto& [name, value] : arguments.as_object())
        if (name != "task_id" && name != action.operand)
            return fmt::format("{}: there is no such argument", shortened(name, max_name_in_refusal));
    if (!action.operand.empty() && !arguments.find(action.operand)) return fmt::format("{}: required", action.operand);
    return std::nullopt;
}

Json result_of(const TaskAction& action, const std::string& task_id, const rpc::Response& response) {
    return Json::Object{{"task_id", task_id}, {"action", action.name.text()}, {"result", std::get<Json>(response)}};
}

/// Calls the RPC; on the scheduler's thread, which has just seen that the action applies.
void call(const TaskAction& action, scheduler::Executor& executor, const TaskSnapshot& task,
          const api::RequestContext& context, const http::Responder& respond) {
    Json arguments = arguments_of(action, task);
    if (!action.operand.empty()) arguments[action.operand] = context.arguments.at(action.operand);
    std::optional<rpc::Request> request;
    try {
        request = api::make_call(action.method.text(), arguments, context.principal);
    } catch (const Error& error) {
        return refuse(respond, 400, error.what());
    }
    const auto reply = [&action, id = task.ref.id, respond](std::vector<rpc::Response> responses) {
        respond([&action, id, response = std::move(responses.front())] {
            if (!std::holds_alternative<Json>(response)) return api::rpc_response(response);
            return json_view_response(result_of(action, id, response));
        });
    };
    executor.submit({*std::move(request)}, reply, context.request.is_connected);
}

void perform(const TaskAction& action, scheduler::Executor& executor, const Inspect& inspect,
             const api::RequestContext& context, const http::Responder& respond) {
    if (auto reason = check_body(action, context.arguments)) return refuse(respond, 400, *std::move(reason));
    if (const auto stalled_for = executor.stalled_for(); stalled_for.count() > 0)
        return respond([stalled_for] { return api::stalled_response(stalled_for); });
    inspect([&action, &executor, context, respond](const scheduler::StateMachine& machine, Time now) {
        const std::string name = shortened(context.path_parameter, max_name_in_refusal);
        const auto task = take_task_snapshot(machine.state(), context.path_parameter, now);
        if (!task)
            refuse(respond, 404, fmt::format("the scheduler has no task '{}'", name));
        else if (!action.applies(*task))
            refuse(respond, 409,
                   fmt::format("{}: does not apply to '{}', which is {}", action.name.text(), name,
                               rpc::text(task->ref.status)));
        else
            call(action, executor, *task, context, respond);
    });
}

}  // namespace

std::vector<api::Route> task_action_routes(scheduler::Executor& executor, const Inspect& inspect) {
    std::vector<api::Route> routes;
    for (const TaskAction& action : task_actions())
        routes.push_back({.id = fmt::format("api.{}", action.method.text()),
                          .path = "/api/v1/task/",
                          .suffix = fmt::format("/{}", action.name.text()),
                          .path_argument = "task_id",
                          .methods = {"POST"},
                          .roles = api::Role::operate,
                          .effect = api::Effect::changes,
                          .malformed_status = 400,
                          .handler = [&action, &executor, inspect](const api::RequestContext& context,
                                                                   const http::Responder& respond) {
                              perform(action, executor, inspect, context, respond);
                          }});
    return routes;
}

}  // namespace freshet::dashboard
