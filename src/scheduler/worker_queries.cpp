// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"
#include "scheduler/queries.hpp"
#include "scheduler/serialise.hpp"
#include "scheduler/shortage.hpp"
#include "wire/values.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

std::string first_task_of(const Board& board, const Worker& worker) {
    const Json& said = fact(worker, "first_task");
    if (!said.is_string()) return {};
    const auto id = board.tasks.find(said.as_string());
    return id ? display_name(board.tasks[*id]) : said.as_string();
}

void append_work(const Board& board, const Worker& worker, Json::Object& json) {
    const Index& index = board.tasks.index();
    Json running = Json::object();
    for (const Rank& rank : index.running_of(worker.name))
        running[board.tasks[rank.task].id] = serialised(board, rank.task);
    std::int64_t pending = 0;
    std::int64_t unique = 0;
    for (const Crew& crew : index.crews_of(worker.name)) {
        pending += index.tallies().at(crew).pending;
        if (crew->size() == 1) unique += index.tallies().at(crew).pending;
    }
    json.emplace_back("num_running", running.as_object().size());
    json.emplace_back("num_pending", pending);
    json.emplace_back("num_uniques", unique);
    json.emplace_back("running", std::move(running));
}

Json described(const Board& board, const Worker& worker, bool include_running) {
    Json::Object json{{"name", *worker.name},
                      {"last_active", epoch_seconds(worker.last_active)},
                      {"started", epoch_seconds(worker.started)},
                      {"state", worker.disabled ? "disabled" : "active"},
                      {"first_task_display_name", first_task_of(board, worker)},
                      {"num_unread_rpc_messages", worker.messages.size()}};
    json.insert(json.end(), worker.info.begin(), worker.info.end());
    if (include_running) append_work(board, worker, json);
    return json;
}

Json consumers(const Board& board, const std::string& resource) {
    Json running = Json::object();
    for (const Rank& rank : board.tasks.index().running())
        if (board.tasks[rank.task].resources->contains(resource))
            running[board.tasks[rank.task].id] = serialised(board, rank.task);
    return running;
}

}  // namespace

Json worker_list(const Board& board, const wire::WorkerList& request) {
    std::vector<const Worker*> workers;
    for (const auto& [name, worker] : board.workers.all()) workers.push_back(&worker);
    std::stable_sort(workers.begin(), workers.end(),
                     [](const Worker* a, const Worker* b) { return a->started > b->started; });
    Json list = Json::array();
    for (const Worker* worker : workers) list.push_back(described(board, *worker, request.include_running));
    return list;
}

Json resource_list(const Board& board, Time now) {
    Json list = Json::array();
    for (const auto& [name, limit] : board.limits) {
        Json running = consumers(board, name);
        list.push_back(Json::Object{{"name", name},
                                    {"num_total", limit},
                                    {"num_used", taken_of(board, board.tasks.index().used(), name, now)},
                                    {"num_consumer", running.as_object().size()},
                                    {"running", std::move(running)}});
    }
    return list;
}

}  // namespace freshet::scheduler
