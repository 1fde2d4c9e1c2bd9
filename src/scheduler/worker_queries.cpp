// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"
#include "rpc/json_fields.hpp"
#include "scheduler/luigi_queries.hpp"
#include "scheduler/serialise.hpp"
#include "scheduler/shortage.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

std::string first_task_of(const SchedulerState& state, const Worker& worker) {
    const Json& value = info_value(worker, "first_task");
    if (!value.is_string()) return {};
    const auto id = state.tasks.find(value.as_string());
    return id ? display_name(state.tasks[*id]) : value.as_string();
}

void append_work(const SchedulerState& state, const Worker& worker, Json::Object& json) {
    const TaskIndex& index = state.tasks.index();
    Json running = Json::object();
    for (const Rank& rank : index.running_of(worker.name))
        running[state.tasks[rank.task].id] = serialize_task(state, rank.task);
    std::int64_t pending = 0;
    std::int64_t unique = 0;
    for (const WorkerSet& worker_set : index.worker_sets_of(worker.name)) {
        pending += index.worker_set_counts().at(worker_set).pending;
        if (worker_set->size() == 1) unique += index.worker_set_counts().at(worker_set).pending;
    }
    json.emplace_back("num_running", running.as_object().size());
    json.emplace_back("num_pending", pending);
    json.emplace_back("num_uniques", unique);
    json.emplace_back("running", std::move(running));
}

Json worker_json(const SchedulerState& state, const Worker& worker, bool include_running) {
    Json::Object json{{"name", *worker.name},
                      {"last_active", epoch_seconds(worker.last_active)},
                      {"started", epoch_seconds(worker.started)},
                      {"state", worker.disabled ? "disabled" : "active"},
                      {"first_task_display_name", first_task_of(state, worker)},
                      {"num_unread_rpc_messages", worker.messages.size()}};
    json.insert(json.end(), worker.info.begin(), worker.info.end());
    if (include_running) append_work(state, worker, json);
    return json;
}

Json consumers(const SchedulerState& state, const std::string& resource) {
    Json running = Json::object();
    for (const Rank& rank : state.tasks.index().running())
        if (state.tasks[rank.task].resources->contains(resource))
            running[state.tasks[rank.task].id] = serialize_task(state, rank.task);
    return running;
}

}  // namespace

Json worker_list(const SchedulerState& state, const rpc::WorkerList& request) {
    std::vector<const Worker*> workers;
    for (const auto& [name, worker] : state.workers.all()) workers.push_back(&worker);
    std::stable_sort(workers.begin(), workers.end(),
                     [](const Worker* a, const Worker* b) { return a->started > b->started; });
    Json list = Json::array();
    for (const Worker* worker : workers) list.push_back(worker_json(state, *worker, request.include_running));
    return list;
}

Json resource_list(const SchedulerState& state, Time now) {
    Json list = Json::array();
    for (const auto& [name, limit] : state.limits) {
        Json running = consumers(state, name);
        list.push_back(Json::Object{{"name", name},
                                    {"num_total", limit},
                                    {"num_used", used_amount(state, state.tasks.index().used(), name, now)},
                                    {"num_consumer", running.as_object().size()},
                                    {"running", std::move(running)}});
    }
    return list;
}

}  // namespace freshet::scheduler
