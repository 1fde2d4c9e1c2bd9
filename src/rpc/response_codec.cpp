// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/codec.hpp"
#include "rpc/json_fields.hpp"

#include "base/time.hpp"

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
        return Json::Object{{"rpc_messages", std::move(list)}};
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

}  // namespace

Json encode(const Response& response) { return std::visit(ResponseWriter{}, response); }

}  // namespace freshet::rpc
