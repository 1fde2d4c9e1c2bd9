// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"

#include "freshet/json.hpp"

namespace freshet::worker {

namespace {

double seconds(std::chrono::duration<double> duration) { return duration.count(); }

rpc::RetryPolicy rpc_retry_policy(const RetryPolicy& retry) {
    rpc::RetryPolicy policy;
    policy.retry_count = retry.retry_count;
    if (retry.disable_window) policy.disable_window = seconds(*retry.disable_window);
    if (retry.disable_hard_timeout) policy.disable_hard_timeout = seconds(*retry.disable_hard_timeout);
    policy.attempts = retry.attempts;
    policy.first_pause = seconds(retry.first_pause);
    policy.longest_pause = seconds(retry.longest_pause);
    return policy;
}

rpc::AddTask task_request(const AnyTask& task, const std::string& worker) {
    const TaskPolicy policy = task.policy();
    rpc::AddTask request{.worker = worker, .task_id = task.id()};
    request.family = task.type().family;
    request.module = "";
    for (const Parameter& p : task.type().parameters)
        if (p.visibility == Visibility::hidden) request.param_visibilities[std::string(p.name)] = 1;
    for (const auto& [name, value] : task.values()) request.params.emplace_back(name, value);
    for (const auto& [name, amount] : policy.resources) request.resources[name] = amount;
    request.priority = policy.priority;
    request.retry_policy_dict = rpc_retry_policy(policy.retry);
    return request;
}

}  // namespace

rpc::AddTask registration(const Plan& plan, std::size_t node, const std::string& worker) {
    const Node& known = plan[node];
    rpc::AddTask request = task_request(known.task, worker);
    if (known.is_complete) {
        request.status = rpc::Status::done;
    } else if (!known.error.empty()) {
        request.status = rpc::Status::unknown;
        request.runnable = false;
        request.expl = Json(known.error).text();
    } else {
        request.runnable = known.task.type().kind != TaskKind::external;
        if (!request.runnable) return request;  // what it requires is for its maker to say
        request.deps.emplace();
        for (const std::size_t required : known.requirements) request.deps->push_back(plan[required].task.id());
    }
    return request;
}

rpc::AddTask external_done(const AnyTask& task, const std::string& worker) {
    rpc::AddTask request = report(task, rpc::Status::done, worker);
    request.runnable = false;
    return request;
}

rpc::AddTask report(const AnyTask& task, rpc::Status status, const std::string& worker) {
    rpc::AddTask request = task_request(task, worker);
    request.status = status;
    return request;
}

}  // namespace freshet::worker
