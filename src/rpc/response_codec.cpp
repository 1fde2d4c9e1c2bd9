// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/codec.hpp"

#include "base/time.hpp"
#include "rpc/json_fields.hpp"

#include <fmt/format.h>

namespace freshet::rpc {

namespace {

Json::Object written(const Lease& lease) {
    return {{"token", json_fields::write(lease.token)}, {"expires", epoch_seconds(lease.expires)}};
}

Json written(const RunningTask& task) {
    Json::Object json{{"task_id", task.task_id}, {"worker", task.worker}};
    json.insert(json.end(), task.info.begin(), task.info.end());
    return json;
}

/// The order of the members is luigid's.
Json::Object written(const Pending& pending) {
    Json running = Json::array();
    for (const RunningTask& task : pending.running_tasks) running.push_back(written(task));
    return {{"n_pending_tasks", pending.n_pending_tasks},
            {"n_unique_pending", pending.n_unique_pending},
            {"n_pending_last_scheduled", pending.n_pending_last_scheduled},
            {"worker_state", pending.active ? "active" : "disabled"},
            {"running_tasks", std::move(running)}};
}

void append(Json::Object& json, const std::monostate&) { json.emplace_back("task_id", nullptr); }

void append(Json::Object& json, const Assignment& task) {
    json.emplace_back("task_id", task.task_id);
    json.emplace_back("task_family", task.family);
    json.emplace_back("task_module", json_fields::write(task.module));
    json.emplace_back("task_params", json_fields::write(task.params));
    if (!task.lease) return;
    json.emplace_back("lease", written(*task.lease));
    json.emplace_back("attempt", task.attempt);
}

Json batch_parameters(const BatchAssignment& batch) {
    Json params = json_fields::write(batch.params);
    for (const auto& [name, texts] : batch.batched) params[name] = json_fields::write(texts);
    return params;
}

void append(Json::Object& json, const BatchAssignment& batch) {
    json.emplace_back("task_id", nullptr);
    json.emplace_back("task_family", batch.family);
    json.emplace_back("task_module", json_fields::write(batch.module));
    json.emplace_back("task_params", batch_parameters(batch));
    json.emplace_back("batch_id", batch.batch_id);
    json.emplace_back("batch_task_ids", json_fields::write(batch.task_ids));
    if (batch.lease) json.emplace_back("lease", written(*batch.lease));
}

struct ResponseWriter {
    Json operator()(const Nothing&) const { return {}; }
    Json operator()(const Json& json) const { return json; }
    Json operator()(const Pending& pending) const { return written(pending); }

    Json operator()(const TaskAdded& added) const {
        Json json;
        if (!added.refused.empty()) json["refused"] = added.refused;
        if (added.retry) json["retry"] = epoch_seconds(*added.retry);
        if (added.status) json["status"] = json_fields::write(*added.status);
        if (!added.error.empty()) json["error"] = added.error;
        if (added.is_offered) json["offered"] = true;
        return json;
    }

    Json operator()(const TasksAdded& added) const {
        Json json = Json::array();
        for (const TaskAdded& one : added.answers) json.push_back((*this)(one));
        return json;
    }

    /// A disabled worker's answer has fewer members and another order.
    Json operator()(const Work& work) const {
        if (!work.pending.active)
            return Json::Object{{"n_pending_tasks", 0},
                                {"running_tasks", Json::array()},
                                {"task_id", nullptr},
                                {"n_unique_pending", 0},
                                {"worker_state", "disabled"}};
        Json::Object json = written(work.pending);
        std::visit([&](const auto& assignment) { append(json, assignment); }, work.assignment);
        return json;
    }

    Json operator()(const Messages& messages) const {
        Json list = Json::array();
        for (const auto& message : messages.rpc_messages)
            list.push_back(Json::Object{{"name", message.name}, {"kwargs", message.kwargs}});
        Json::Object json{{"rpc_messages", std::move(list)}};
        if (!messages.taken_leases.empty())
            json.emplace_back("taken_leases", json_fields::write(messages.taken_leases));
        return json;
    }

    Json operator()(const LeaseState& state) const {
        Json::Object json{{"held", state.held}};
        if (state.held)
            json.emplace_back("expires", epoch_seconds(state.expires));
        else
            json.emplace_back("reason", state.reason);
        return json;
    }

    Json operator()(const ErrorResponse& refusal) const { throw Error(refusal.message); }
    Json operator()(const Unavailable& unavailable) const { throw TransientError(unavailable.message); }
};

template <class T>
void read_member(const Json& json, std::string_view name, T& value) {
    if (const Json* member = json.find(name)) json_fields::read(*member, value);
}

Time read_time(const Json& json) { return time_from_epoch_seconds(json.as_number()); }

RunningTask running_task(const Json& json) {
    RunningTask task;
    for (const auto& [name, value] : json.as_object()) {
        if (name == "task_id")
            json_fields::read(value, task.task_id);
        else if (name == "worker")
            json_fields::read(value, task.worker);
        else
            task.info.emplace_back(name, value);
    }
    return task;
}

Pending pending(const Json& json) {
    Pending pending;
    read_member(json, "n_pending_tasks", pending.n_pending_tasks);
    read_member(json, "n_unique_pending", pending.n_unique_pending);
    read_member(json, "n_pending_last_scheduled", pending.n_pending_last_scheduled);
    std::string state;
    read_member(json, "worker_state", state);
    pending.active = state != "disabled";  // old schedulers do not say
    if (const Json* running = json.find("running_tasks"); running && running->is_array())
        for (const Json& task : running->as_array()) pending.running_tasks.push_back(running_task(task));
    return pending;
}

std::optional<Lease> lease(const Json& json) {
    const Json* found = json.find("lease");
    if (!found || found->is_null()) return std::nullopt;
    Lease lease;
    json_fields::read(found->at("token"), lease.token);
    lease.expires = read_time(found->at("expires"));
    return lease;
}

BatchAssignment batch(const Json& json) {
    BatchAssignment batch;
    read_member(json, "task_family", batch.family);
    read_member(json, "task_module", batch.module);
    for (const auto& [name, value] : json.at("task_params").as_object()) {
        if (!value.is_array()) {
            batch.params.emplace_back(name, value.as_string());
            continue;
        }
        std::vector<std::string> texts;
        json_fields::read(value, texts);
        if (!texts.empty()) batch.params.emplace_back(name, texts.front());
        batch.batched.emplace_back(name, std::move(texts));
    }
    read_member(json, "batch_id", batch.batch_id);
    read_member(json, "batch_task_ids", batch.task_ids);
    batch.lease = lease(json);
    return batch;
}

Assignment assignment(const Json& json) {
    Assignment task;
    read_member(json, "task_id", task.task_id);
    read_member(json, "task_family", task.family);
    read_member(json, "task_module", task.module);
    read_member(json, "task_params", task.params);
    task.lease = lease(json);
    read_member(json, "attempt", task.attempt);
    return task;
}

Work work(const Json& json) {
    Work work{.pending = pending(json)};
    const Json& id = json.at("task_id");
    if (json.find("batch_id"))
        work.assignment = batch(json);  // its presence tells, as Luigi has it
    else if (!id.is_null())
        work.assignment = assignment(json);
    return work;
}

TaskAdded task_added(const Json& json) {
    TaskAdded added;
    if (json.is_null()) return added;
    read_member(json, "refused", added.refused);
    if (const Json* retry = json.find("retry")) added.retry = read_time(*retry);
    read_member(json, "status", added.status);
    read_member(json, "error", added.error);
    read_member(json, "offered", added.is_offered);
    return added;
}

TasksAdded tasks_added(const Json& json) {
    TasksAdded added;
    for (const Json& one : json.as_array()) added.answers.push_back(task_added(one));
    return added;
}

Messages messages(const Json& json) {
    Messages messages;
    read_member(json, "taken_leases", messages.taken_leases);
    for (const Json& message : json.at("rpc_messages").as_array()) {
        Messages::Message one;
        read_member(message, "name", one.name);
        read_member(message, "kwargs", one.kwargs);
        messages.rpc_messages.push_back(std::move(one));
    }
    return messages;
}

LeaseState lease_state(const Json& json) {
    LeaseState state{.held = json.at("held").as_bool()};
    if (state.held) state.expires = read_time(json.at("expires"));
    read_member(json, "reason", state.reason);
    return state;
}

/// Reads what a request is answered with; what has no type of its own is null or JSON.
struct ResponseReader {
    const Json& json;

    Response operator()(const AddTask&) const { return task_added(json); }
    Response operator()(const RegisterTasks&) const { return tasks_added(json); }
    Response operator()(const GetWork&) const { return work(json); }
    Response operator()(const CountPending&) const { return pending(json); }
    Response operator()(const Ping&) const { return messages(json); }
    Response operator()(const RenewLease&) const { return lease_state(json); }
    Response operator()(const HoldsLease&) const { return lease_state(json); }
    template <class R>
    Response operator()(const R&) const {
        return json.is_null() ? Response(Nothing{}) : Response(json);
    }
};

}  // namespace

Json encode(const Response& response) { return std::visit(ResponseWriter{}, response); }

Response decode_response(const Request& request, const Json& json) {
    try {
        return std::visit(ResponseReader{json}, request);
    } catch (const Error& error) {
        throw Error(fmt::format("{}: '{}' is no answer to it: {}", encode(request).method, json.text().substr(0, 200),
                                error.what()));
    }
}

}  // namespace freshet::rpc
