// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/codec.hpp"

#include "rpc/json_fields.hpp"
#include "rpc/methods.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <limits>

namespace freshet::rpc {

namespace {

constexpr std::string_view register_tasks = "register_tasks";      // its argument is a list of calls
constexpr std::string_view update_resources = "update_resources";  // its arguments are the resources

template <class R>
R blank() {
    return {};
}

/// A client that does not know of leases does not ask for them.
template <>
GetWork blank<GetWork>() {
    return {.worker = {}, .leases = false};
}

template <class R, class V>
void read_field(const Json& arguments, R& request, const Field<R, V>& field) {
    const Json* value = arguments.find(field.name);
    const bool is_missing = !value || (value->is_null() && field.presence == Presence::required);
    if (is_missing && field.presence <= Presence::nullable)
        throw ParameterError(fmt::format("argument '{}' is missing", field.name));
    if (!value) return;
    try {
        json_fields::read(*value, request.*field.member);
    } catch (const Error& error) {
        throw ParameterError(fmt::format("argument '{}': {}", field.name, error.what()));
    }
}

template <class M>
auto read_request(const M& method, const Json& arguments) {
    auto request = blank<typename M::request>();
    std::apply([&](const auto&... field) { (read_field(arguments, request, field), ...); }, method.fields);
    return request;
}

template <class R, class V>
void write_field(Json::Object& arguments, const R& request, const Field<R, V>& field) {
    if (field.presence == Presence::extension && request.*field.member == blank<R>().*field.member) return;
    arguments.emplace_back(field.name, json_fields::write(request.*field.member));
}

template <class M>
Json write_request(const M& method, const typename M::request& request) {
    Json::Object arguments;
    std::apply([&](const auto&... field) { (write_field(arguments, request, field), ...); }, method.fields);
    return arguments;
}

/// Python's client writes an unlimited batch as Infinity, which is no whole number.
bool is_without_limit(std::string_view method, const Json& arguments) {
    const Json* size = method == "add_task_batcher" ? arguments.find("max_batch_size") : nullptr;
    return size && size->is_number() && std::isinf(size->as_number());
}

Json with_null(Json arguments, std::string_view name) {
    arguments[name] = nullptr;
    return arguments;
}

Request decode_register_tasks(const Json& arguments) {
    RegisterTasks request;
    for (const Json& task : arguments.at("tasks").as_array())
        request.tasks.push_back(read_request(add_task_method, task));
    return request;
}

/// Fractions of a required resource are rounded up; a fractional limit is rejected, since rounding it up would promise
/// too much.
void refuse_fractions(const Json& limits) {
    for (const auto& [name, limit] : limits.as_object())
        if (limit.is_number() && std::trunc(limit.as_number()) != limit.as_number())
            throw ParameterError(
                fmt::format("the limit of '{}' is '{}', which is not a whole number", name, limit.text()));
}

Request decode_update_resources(const Json& arguments) {
    UpdateResources request;
    refuse_fractions(arguments);
    json_fields::read(arguments, request.resources);
    return request;
}

/// Refuses a request of which each argument may be missing, but not all.
template <class R>
void check_request(const R&) {}

void check_request(const RetryTasks& request) {
    if (!request.task_id && !request.family) throw ParameterError("argument 'task_id' or 'family' is missing");
}

Request decode_arguments(std::string_view name, const Json& arguments) {
    if (name == register_tasks) return decode_register_tasks(arguments);
    if (name == update_resources) return decode_update_resources(arguments);
    std::optional<Request> request;
    const auto try_method = [&](const auto& method) {
        if (method.name != name) return;
        auto read = read_request(method, arguments);
        check_request(read);
        request = std::move(read);
    };
    std::apply([&](const auto&... method) { (try_method(method), ...); }, methods);
    if (!request) throw ParameterError("there is no such method");
    return std::move(*request);
}

struct RequestWriter {
    template <class R>
    Call operator()(const R& request) const {
        Call call;
        const auto try_method = [&](const auto& method) {
            if constexpr (std::is_same_v<typename std::decay_t<decltype(method)>::request, R>)
                call = {std::string(method.name), write_request(method, request)};
        };
        std::apply([&](const auto&... method) { (try_method(method), ...); }, methods);
        return call;
    }

    Call operator()(const RegisterTasks& request) const {
        Json tasks = Json::array();
        for (const AddTask& task : request.tasks) tasks.push_back(write_request(add_task_method, task));
        return {std::string(register_tasks), Json::Object{{"tasks", std::move(tasks)}}};
    }

    Call operator()(const AddTaskBatcher& request) const {
        Call call = operator()<AddTaskBatcher>(request);
        if (!request.max_batch_size) call.arguments["max_batch_size"] = std::numeric_limits<double>::infinity();
        return call;
    }

    Call operator()(const UpdateResources& request) const {
        return {std::string(update_resources), json_fields::write(request.resources)};
    }
};

bool ends_attempt(const AddTask& task) {
    return task.status == Status::done || task.status == Status::failed || task.status == Status::disabled;
}

}  // namespace

Request decode(std::string_view method, const Json& arguments) {
    if (!arguments.is_object()) throw ParameterError(fmt::format("{}: the arguments are not an object", method));
    try {
        if (is_without_limit(method, arguments))
            return decode_arguments(method, with_null(arguments, "max_batch_size"));
        return decode_arguments(method, arguments);
    } catch (const Error& error) {
        throw ParameterError(fmt::format("{}: {}", method, error.what()));
    }
}

std::vector<std::string_view> method_names() {
    std::vector<std::string_view> names{register_tasks, update_resources};
    std::apply([&](const auto&... method) { (names.push_back(method.name), ...); }, methods);
    return names;
}

Call encode(const Request& request) { return std::visit(RequestWriter{}, request); }

bool is_completion(const Request& request) {
    if (const auto* task = std::get_if<AddTask>(&request)) return ends_attempt(*task);
    if (const auto* many = std::get_if<RegisterTasks>(&request))
        return std::any_of(many->tasks.begin(), many->tasks.end(), ends_attempt);
    return std::holds_alternative<MarkAsDone>(request) || std::holds_alternative<CancelTask>(request);
}

}  // namespace freshet::rpc
