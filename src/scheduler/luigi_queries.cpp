// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/luigi_queries.hpp"

#include "base/time.hpp"
#include "base/utf8.hpp"
#include "freshet/text.hpp"
#include "rpc/json_fields.hpp"
#include "scheduler/resources.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <span>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace freshet::scheduler {

namespace {

Json ids_of(const SchedulerState& state, std::span<const TaskId> tasks) {
    Json ids = Json::array();
    for (const TaskId task : tasks) ids.push_back(state.tasks[task].id);
    return ids;
}

Json names(const WorkerSet& worker_set) {
    Json list = Json::array();
    for (const Symbol& name : *worker_set) list.push_back(*name);
    return list;
}

Json seconds_or_null(Time time) { return time == never ? Json() : Json(epoch_seconds(time)); }

constexpr std::array<std::string_view, 5> severity_texts = {"", "UPSTREAM_RUNNING", "UPSTREAM_MISSING_INPUT",
                                                            "UPSTREAM_FAILED", "UPSTREAM_DISABLED"};

/// Luigi's upstream_status of pending tasks: the worst status among their dependencies. Memoizes results, so one object
/// serves one unchanged state.
class UpstreamStatus {
public:
    explicit UpstreamStatus(const SchedulerState& state) : state_(state) {}

    /// Returns UPSTREAM_... of the worst direct or indirect dependency; "" when none is worse than done.
    std::string_view status(TaskId task);

private:
    enum class Severity { none, running, missing_input, failed, disabled };

    static Severity leaf_severity(const Task& task);
    static bool is_inner(const Task& task);
    bool visit(TaskId task, std::vector<TaskId>& stack);

    const SchedulerState& state_;
    std::unordered_map<TaskId, Severity> severities_;
};

UpstreamStatus::Severity UpstreamStatus::leaf_severity(const Task& task) {
    switch (task.status) {
        case Status::failed:
            return Severity::failed;
        case Status::running:
        case Status::batch_running:
            return Severity::running;
        case Status::pending:
            return Severity::missing_input;
        case Status::disabled:
            return Severity::disabled;
        default:
            return Severity::none;
    }
}

bool UpstreamStatus::is_inner(const Task& task) {
    return task.known && task.status == Status::pending && !task.deps.empty();
}

std::string_view UpstreamStatus::status(TaskId id) {
    std::vector<TaskId> stack{id};
    while (!stack.empty()) {
        const TaskId task = stack.back();
        stack.pop_back();
        if (visit(task, stack)) continue;
        Severity worst = Severity::none;
        for (const TaskId dep : state_.tasks[task].deps)
            if (const auto found = severities_.find(dep); found != severities_.end())
                worst = std::max(worst, found->second);
        severities_[task] = worst;
    }
    return severity_texts[static_cast<std::size_t>(severities_[id])];
}

/// Returns false when all dependencies have been visited and the task itself is due.
bool UpstreamStatus::visit(TaskId id, std::vector<TaskId>& stack) {
    const Task& task = state_.tasks[id];
    const auto [found, first] = severities_.emplace(id, Severity::none);
    if (!is_inner(task)) {
        if (task.known) found->second = leaf_severity(task);
        return true;
    }
    if (!first) return found->second != Severity::none;
    stack.push_back(id);
    stack.insert(stack.end(), task.deps.begin(), task.deps.end());
    return true;
}

std::size_t shown_limit(const SchedulerState& state, const rpc::TaskList& request) {
    const std::int64_t own = request.max_shown_tasks.value_or(0);
    return static_cast<std::size_t>(own > 0 ? own : state.config.max_shown_tasks);
}

std::vector<std::string> terms_of(const std::optional<std::string>& search) {
    std::istringstream words(lower_utf8(search.value_or("")));
    return {std::istream_iterator<std::string>(words), {}};
}

bool contains_all(const std::string& name, const std::vector<std::string>& terms) {
    return std::all_of(terms.begin(), terms.end(),
                       [&](const std::string& term) { return name.find(term) != std::string::npos; });
}

std::vector<TaskId> with_status(const SchedulerState& state, const std::string& status) {
    if (status.empty()) return state.tasks.in_order();
    const auto known = rpc::status_from(status);
    return known ? state.tasks.in_order(*known) : std::vector<TaskId>{};
}

/// The node of a task that nobody has registered: its family is guessed from the id.
Json unregistered_node(const std::string& id) {
    const auto end = id.find_first_of("(_");
    const bool has_family = end != std::string::npos && end > 0;
    return Json::Object{{"deps", Json::array()},
                        {"status", "UNKNOWN"},
                        {"workers", Json::array()},
                        {"start_time", "UNKNOWN"},
                        {"params", Json::Object{{"task_id", id}}},
                        {"name", has_family ? id.substr(0, end) : "UNKNOWN"},
                        {"display_name", id},
                        {"priority", 0}};
}

using Neighbours = std::vector<TaskId> Task::*;

/// Walks breadth-first along dependencies or dependants, so that a graph cut short shows what is next to its root.
class Traversal {
public:
    Traversal(const SchedulerState& state, Neighbours neighbours, bool include_done)
        : state_(state), neighbours_(neighbours), include_done_(include_done) {}

    void from(TaskId root) {
        if (!seen_.insert(root).second) return;
        std::deque<TaskId> queue{root};
        const std::size_t before = nodes_.size();
        while (!queue.empty() && nodes_.size() - before < static_cast<std::size_t>(state_.config.max_graph_nodes)) {
            const TaskId task = queue.front();
            queue.pop_front();
            add(task, task == root, queue);
        }
    }

    Json take() { return std::move(nodes_); }

private:
    void add(TaskId id, bool is_root, std::deque<TaskId>& queue) {
        const Task& task = state_.tasks[id];
        Json node = task.known && !task.family->empty() ? node_json(id, queue) : unregistered_node(task.id);
        Json::Object members = node.as_object();
        if (!is_root) std::erase_if(members, [](const auto& member) { return member.first == "display_name"; });
        nodes_.emplace_back(task.id, std::move(members));
    }

    Json node_json(TaskId id, std::deque<TaskId>& queue) {
        std::vector<TaskId> near = state_.tasks[id].*neighbours_;
        if (!include_done_)
            std::erase_if(near,
                          [&](TaskId t) { return state_.tasks[t].known && state_.tasks[t].status == Status::done; });
        Json::Object json = serialize_task(state_, id);
        json.emplace_back("deps", ids_of(state_, near));
        std::sort(near.begin(), near.end(),
                  [&](TaskId a, TaskId b) { return state_.tasks[a].id < state_.tasks[b].id; });
        for (const TaskId task : near)
            if (seen_.insert(task).second) queue.push_back(task);
        return json;
    }

    const SchedulerState& state_;
    Neighbours neighbours_;
    bool include_done_;
    std::unordered_set<TaskId> seen_;
    Json::Object nodes_;
};

Json traverse(const SchedulerState& state, const std::string& root, Neighbours neighbours, bool include_done) {
    const auto id = state.tasks.find(root);
    if (!id) return Json::object();
    Traversal traversal(state, neighbours, include_done);
    traversal.from(*id);
    return traversal.take();
}

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

Json::Object serialize_task(const SchedulerState& state, TaskId id) {
    const Task& task = state.tasks[id];
    const Details& more = details(task);
    Json::Object json{
        {"display_name", display_name(task)},
        {"status", text(task.status)},
        {"workers", names(task.workers)},
        {"worker_running", task.worker_running ? Json(*task.worker_running) : Json()},
        {"time_running", seconds_or_null(task.time_running)},
        {"start_time", epoch_seconds(task.created)},
        {"last_updated", epoch_seconds(task.updated)},
        {"params", rpc::json_fields::write(public_parameters(task))},
        {"name", *task.family},
        {"priority", rpc::json_fields::write(task.priority)},
        {"resources", rpc::json_fields::write(*task.resources)},
        {"resources_running", task.resources_running ? rpc::json_fields::write(*task.resources_running) : Json()},
        {"tracking_url", rpc::json_fields::write(more.tracking_url)},
        {"status_message", rpc::json_fields::write(more.status_message)},
        {"progress_percentage", more.progress_percentage}};
    if (task.status == Status::disabled) json.emplace_back("re_enable_able", more.disabled_by_scheduler);
    if (state.config.send_messages && task.status == Status::running)
        json.emplace_back("accepts_messages", task.accepts_messages);
    return json;
}

Json serialize_task_with_deps(const SchedulerState& state, TaskId id) {
    Json::Object json = serialize_task(state, id);
    json.emplace_back("deps", ids_of(state, state.tasks[id].deps));
    return json;
}

std::optional<Json> count_if_too_many(const SchedulerState& state, const rpc::TaskList& request) {
    if ((request.search && !request.search->empty()) || !request.limit) return std::nullopt;
    const auto status = rpc::status_from(request.status);
    const TaskIndex& index = state.tasks.index();
    const std::size_t count = request.status.empty() ? index.count() : status ? index.count(*status) : 0;
    if (count <= shown_limit(state, request)) return std::nullopt;
    return Json::Object{{"num_tasks", request.upstream_status.empty() ? Json(count) : Json(-1)}};
}

Json task_list(const SchedulerState& state, const rpc::TaskList& request) {
    const auto terms = terms_of(request.search);
    UpstreamStatus upstream(state);
    Json::Object tasks;
    for (const TaskId id : with_status(state, request.status)) {
        const Task& task = state.tasks[id];
        if (!terms.empty() && !contains_all(lower_utf8(display_name(task)), terms)) continue;
        if (task.status == Status::pending && !request.upstream_status.empty() &&
            request.upstream_status != upstream.status(id))
            continue;
        tasks.emplace_back(task.id, serialize_task(state, id));
    }
    if (request.limit && tasks.size() > shown_limit(state, request)) return Json::Object{{"num_tasks", tasks.size()}};
    return tasks;
}

Json task_search(const SchedulerState& state, const rpc::TaskSearch& request) {
    std::map<std::string_view, Json::Object> by_status;
    for (const TaskId id : state.tasks.in_order()) {
        const Task& task = state.tasks[id];
        if (task.id.find(request.task_str) != std::string::npos)
            by_status[text(task.status)].emplace_back(task.id, serialize_task(state, id));
    }
    Json::Object found;
    for (auto& [status, tasks] : by_status) found.emplace_back(status, std::move(tasks));
    return found;
}

Json fetch_error(const SchedulerState& state, const rpc::FetchError& request) {
    const auto id = state.tasks.find(request.task_id);
    if (!id) return Json::Object{{"taskId", request.task_id}, {"error", ""}};
    const Task& task = state.tasks[*id];
    return Json::Object{{"taskId", request.task_id},
                        {"error", task.expl ? Json(*task.expl) : Json()},
                        {"displayName", display_name(task)},
                        {"taskParams", rpc::json_fields::write(task.params)},
                        {"taskModule", task.module ? Json(*task.module) : Json()},
                        {"taskFamily", *task.family}};
}

Json status_message(const SchedulerState& state, const rpc::GetTaskStatusMessage& request) {
    const auto id = state.tasks.find(request.task_id);
    return Json::Object{
        {"taskId", request.task_id},
        {"statusMessage", id ? rpc::json_fields::write(details(state.tasks[*id]).status_message) : Json("")}};
}

Json progress(const SchedulerState& state, const rpc::GetTaskProgressPercentage& request) {
    const auto id = state.tasks.find(request.task_id);
    return Json::Object{{"taskId", request.task_id},
                        {"progressPercentage", id ? details(state.tasks[*id]).progress_percentage : Json()}};
}

Json running_resources(const SchedulerState& state, const rpc::GetRunningTaskResources& request) {
    const auto id = state.tasks.find(request.task_id);
    const ResourceRequest resources = id ? state.tasks[*id].resources_running : ResourceRequest();
    return Json::Object{{"taskId", request.task_id},
                        {"resources", resources ? rpc::json_fields::write(*resources) : Json()}};
}

Json dep_graph(const SchedulerState& state, const rpc::DepGraph& request) {
    return traverse(state, request.task_id, &Task::deps, request.include_done);
}

Json inverse_dep_graph(const SchedulerState& state, const rpc::InverseDepGraph& request) {
    return traverse(state, request.task_id, &Task::dependants, request.include_done);
}

Json graph(const SchedulerState& state) {
    Traversal traversal(state, &Task::deps, true);
    for (const TaskId id : state.tasks.in_order()) traversal.from(id);
    return traversal.take();
}

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
