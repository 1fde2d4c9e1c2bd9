// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/registration.hpp"

#include "freshet/error.hpp"
#include "freshet/json.hpp"
#include "target/receipt.hpp"
#include "task/task_id.hpp"
#include "worker/task_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

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
    request.resources.emplace(policy.resources.begin(), policy.resources.end());
    request.priority = policy.priority;
    request.accepts_messages = task.type().accepts_messages;
    request.retry_policy_dict = rpc_retry_policy(policy.retry);
    return request;
}

}  // namespace

rpc::AddTask registration(const Plan& plan, std::size_t node, const std::string& worker) {
    const Node& known = plan[node];
    rpc::AddTask request = task_request(known.task, worker);
    request.name_params.emplace();
    for (const Parameter* p : naming_parameters(known.task.type(), known.task.values()))
        request.name_params->emplace_back(p->name);
    if (known.is_complete) {
        request.status = rpc::Status::done;
    } else if (!known.error.empty()) {
        request.status = known.exclusion == Exclusion::disabled ? rpc::Status::disabled : rpc::Status::unknown;
        request.runnable = false;
        request.expl = Json(known.error).text();
    } else {
        request.runnable = known.task.type().kind != TaskKind::external;
        if (known.task.type().is_batchable()) request.batchable = true;
        if (!request.runnable) return request;  // its requirements are left to the worker that runs it
        request.deps.emplace();
        for (const std::size_t required : known.requirements) request.deps->push_back(plan[required].task.id());
    }
    return request;
}

rpc::AddTask registration(const Plan& plan, const TaskStates& states, std::size_t node, const std::string& worker) {
    rpc::AddTask request = registration(plan, node, worker);
    if (!states.is_released(node) || !request.deps) return request;
    request.deps->clear();
    for (const std::size_t required : plan[node].requirements)
        if (plan[required].is_complete || states[required].is_done) request.deps->push_back(plan[required].task.id());
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

std::vector<Event> receipt_events(const AnyTask& task) {
    std::vector<Event> events;
    for (const AnyTarget& output : task.outputs()) {
        const auto receipt = target::receipt_of(output);
        if (!receipt) continue;
        for (const Event& event : receipt->provenance.events)
            if (std::find(events.begin(), events.end(), event) == events.end()) events.push_back(event);
    }
    return events;
}

namespace {

constexpr std::size_t max_tasks = 1'000;
constexpr std::size_t max_bytes =
    2u << 20;  // before encoding, where JSON may need six bytes for one; freshetd reads 16 MiB
constexpr std::size_t fixed_size = 600;  // member names, numbers and retry policy of a task

std::size_t size_of(const std::optional<std::vector<std::string>>& ids) {
    std::size_t size = 0;
    if (ids)
        for (const std::string& id : *ids) size += id.size() + 3;
    return size;
}

std::size_t size_of(const rpc::AddTask& task) {
    std::size_t size =
        fixed_size + task.task_id.size() + size_of(task.deps) + size_of(task.new_deps) + size_of(task.name_params);
    for (const auto& [name, value] : task.params) size += name.size() + value.size();
    if (task.expl) size += task.expl->size();
    return size;
}

}  // namespace

AnyTask make_registered(const Registry& registry, const std::string& task_id, const std::string& family,
                        const Values& params) {
    AnyTask task = registry.make(family, params);
    if (task.id() != task_id)
        throw Error(fmt::format("in this program these parameters of {} give the id '{}'", family, task.id()));
    return task;
}

std::vector<rpc::TaskAdded> register_tasks(SchedulerClient& scheduler, rpc::RegisterTasks request) {
    auto responses = scheduler.call({std::move(request)});
    return std::move(std::get<rpc::TasksAdded>(responses.front()).answers);
}

std::size_t first_chunk_size(std::span<const rpc::AddTask> tasks) {
    const std::size_t max_count = std::min(tasks.size(), max_tasks);
    std::size_t count = 0;
    for (std::size_t bytes = 0; count < max_count; ++count) {
        bytes += size_of(tasks[count]);
        if (bytes > max_bytes && count > 0) break;
    }
    return count;
}

}  // namespace freshet::worker
