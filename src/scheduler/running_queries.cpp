// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/running_queries.hpp"

#include "base/time.hpp"
#include "scheduler/luigi_queries.hpp"
#include "scheduler/resources.hpp"

#include <algorithm>

namespace freshet::scheduler {

namespace {

std::size_t running_limit(const SchedulerState& state) {
    return static_cast<std::size_t>(state.config.max_shown_tasks);
}

std::string first_task_of(const SchedulerState& state, const Worker& worker) {
    const Json& value = info_value(worker, "first_task");
    if (!value.is_string()) return {};
    const auto id = state.tasks.find(value.as_string());
    return id ? display_name(state.tasks[*id]) : value.as_string();
}

Json::Object worker_members(const SchedulerState& state, const Worker& worker) {
    Json::Object json{{"name", *worker.name},
                      {"last_active", epoch_seconds(worker.last_active)},
                      {"started", epoch_seconds(worker.started)},
                      {"state", worker.disabled ? "disabled" : "active"},
                      {"first_task_display_name", first_task_of(state, worker)},
                      {"num_unread_rpc_messages", worker.messages.size()}};
    json.insert(json.end(), worker.info.begin(), worker.info.end());
    return json;
}

void append_pending(const SchedulerState& state, const Worker& worker, Json::Object& json) {
    const TaskIndex& index = state.tasks.index();
    std::int64_t pending = 0;
    std::int64_t unique = 0;
    for (const WorkerSet& worker_set : index.worker_sets_of(worker.name)) {
        pending += index.worker_set_counts().at(worker_set).pending;
        if (worker_set->size() == 1) unique += index.worker_set_counts().at(worker_set).pending;
    }
    json.emplace_back("num_pending", pending);
    json.emplace_back("num_uniques", unique);
}

/// Calls `visit` with the tasks after `last`, which it moves, until the budget is spent; returns true at their end.
template <class Visit>
bool visit_ranked(const RankedTasks& tasks, std::optional<Rank>& last, Budget& budget, Visit&& visit) {
    for (auto next = last ? tasks.upper_bound(*last) : tasks.begin(); next != tasks.end(); ++next) {
        if (budget.is_consumed()) return false;
        budget.consume(Budget::visit);
        last = *next;
        visit(next->task);
    }
    return true;
}

}  // namespace

WorkerListQuery::WorkerListQuery(const SchedulerState& state, const rpc::WorkerList& request)
    : include_running_(request.include_running), limit_(running_limit(state)) {
    std::vector<const Worker*> workers;
    for (const auto& [name, worker] : state.workers.all()) workers.push_back(&worker);
    std::ranges::stable_sort(workers, std::greater(), &Worker::started);
    for (const Worker* worker : workers) names_.push_back(*worker->name);
    json_.append("[");
}

bool WorkerListQuery::step(const SchedulerState& state, Budget budget) {
    for (; next_ < names_.size(); ++next_) {
        if (budget.is_consumed()) return false;
        const Worker* worker = state.workers.find(names_[next_]);
        if (worker && include_running_ && !add_running(state, *worker, budget)) return false;
        if (worker) finish(state, *worker);
        budget.consume(Budget::show);
        tasks_ = {};
        last_.reset();
        running_ = 0;
    }
    json_.append("]");
    return true;
}

bool WorkerListQuery::add_running(const SchedulerState& state, const Worker& worker, Budget& budget) {
    return visit_ranked(state.tasks.index().running_of(worker.name), last_, budget, [&](TaskId id) {
        ++running_;
        is_truncated_ = is_truncated_ || shown_ >= limit_ || json_.size() + tasks_.size() > JsonPieces::max_size;
        if (is_truncated_) return;
        ++shown_;
        budget.consume(Budget::show);
        tasks_.add(state.tasks[id].id, serialize_task(state, id));
    });
}

/// Appends the worker with the running tasks that were added.
void WorkerListQuery::finish(const SchedulerState& state, const Worker& worker) {
    Json::Object members = worker_members(state, worker);
    if (include_running_) {
        members.emplace_back("num_running", running_);
        append_pending(state, worker, members);
    }
    if (json_.size() > 1) json_.append(", ");
    json_.append_open(members);
    if (include_running_) {
        json_.append(R"(, "running": )");
        json_.append(tasks_.take());
    }
    json_.append("}");
}

ResourceListQuery::ResourceListQuery(const SchedulerState& state, Time now) : limit_(running_limit(state)) {
    for (const auto& [name, limit] : state.limits)
        lines_.push_back({name, limit, used_amount(state, state.tasks.index().used(), name, now)});
}

bool ResourceListQuery::step(const SchedulerState& state, Budget budget) {
    return visit_ranked(state.tasks.index().running(), last_, budget, [&](TaskId id) { visit(state, id, budget); });
}

void ResourceListQuery::visit(const SchedulerState& state, TaskId id, Budget& budget) {
    const Task& task = state.tasks[id];
    for (const auto& [name, amount] : *task.resources) {
        const auto line = std::ranges::lower_bound(lines_, name, {}, &Line::name);
        if (line == lines_.end() || line->name != name) continue;
        ++line->consumers;
        is_truncated_ = is_truncated_ || shown_ >= limit_ || size_ > JsonPieces::max_size;
        if (is_truncated_) continue;
        ++shown_;
        budget.consume(Budget::show);
        const std::size_t before = line->running.size();
        line->running.add(task.id, serialize_task(state, id));
        size_ += line->running.size() - before;
    }
}

QueryResult ResourceListQuery::take_result() {
    JsonPieces json;
    for (Line& line : lines_) {
        json.append(json.empty() ? "[" : ", ");
        json.append_open(Json::Object{
            {"name", line.name}, {"num_total", line.limit}, {"num_used", line.used}, {"num_consumer", line.consumers}});
        json.append(R"(, "running": )");
        json.append(line.running.take());
        json.append("}");
    }
    json.append(json.empty() ? "[]" : "]");
    return {.json = json.take(), .is_truncated = is_truncated_};
}

}  // namespace freshet::scheduler
