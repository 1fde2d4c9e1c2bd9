// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task_queries.hpp"

#include "base/json_write.hpp"
#include "base/utf8.hpp"
#include "scheduler/luigi_queries.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <iterator>
#include <limits>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet::scheduler {

namespace {

/// Work that is left for a slice, in visits of a task.
class Budget {
public:
    explicit Budget(std::size_t visits) : left_(visits) {}
    bool is_spent() const { return left_ == 0; }
    void spend(std::size_t visits) { left_ -= std::min(left_, visits); }

private:
    std::size_t left_;
};

constexpr std::size_t cost_of_showing = 16;  // a visit takes some 0.3 us, a task's JSON 5 us

/// JSON object in the making: tasks by id.
class TasksById {
public:
    void add(const std::string& id, Json task) {
        json_ += json_.empty() ? "{" : ", ";
        append_quoted(json_, id);
        json_ += ": ";
        append_python_text(json_, task);
    }
    void clear() { std::string().swap(json_); }
    std::string take() { return json_.empty() ? "{}" : std::exchange(json_, {}) + "}"; }

private:
    std::string json_;
};

constexpr std::array<std::string_view, 5> severity_texts = {"", "UPSTREAM_RUNNING", "UPSTREAM_MISSING_INPUT",
                                                            "UPSTREAM_FAILED", "UPSTREAM_DISABLED"};

/// Luigi's upstream_status of pending tasks: the worst status among their dependencies. Memoizes results.
class UpstreamStatus {
public:
    /// Returns UPSTREAM_... of the worst direct or indirect dependency, "" when none is worse than done; nullopt when
    /// the budget is spent before: the next call, for the same task, goes on.
    std::optional<std::string_view> find(const SchedulerState& state, TaskId task, Budget& budget);

private:
    enum class Severity : std::uint8_t { unvisited, none, running, missing_input, failed, disabled };

    static Severity leaf_severity(const Task& task);
    static bool is_inner(const Task& task);
    Severity& severity(TaskId task) { return severities_[static_cast<std::size_t>(task)]; }
    bool visit(const SchedulerState& state, TaskId id);

    std::vector<Severity> severities_;
    std::vector<TaskId> stack_;
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

std::optional<std::string_view> UpstreamStatus::find(const SchedulerState& state, TaskId id, Budget& budget) {
    severities_.resize(state.tasks.id_limit());
    if (stack_.empty()) stack_.push_back(id);
    for (bool has_moved = false; !stack_.empty(); has_moved = true) {
        if (has_moved && budget.is_spent()) return std::nullopt;
        const TaskId task = stack_.back();
        stack_.pop_back();
        budget.spend(1 + state.tasks[task].deps.size());
        if (visit(state, task)) continue;
        Severity worst = Severity::none;
        for (const TaskId dep : state.tasks[task].deps) worst = std::max(worst, severity(dep));
        severity(task) = worst;
    }
    return severity_texts[static_cast<std::size_t>(severity(id)) - 1];
}

/// Returns false when all dependencies have been visited and the task itself is due.
bool UpstreamStatus::visit(const SchedulerState& state, TaskId id) {
    const Task& task = state.tasks[id];
    const bool is_first = severity(id) == Severity::unvisited;
    if (is_first) severity(id) = Severity::none;
    if (!is_inner(task)) {
        if (task.known) severity(id) = leaf_severity(task);
        return true;
    }
    if (!is_first) return severity(id) != Severity::none;
    stack_.push_back(id);
    stack_.insert(stack_.end(), task.deps.begin(), task.deps.end());
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

/// task_list: tasks by id, filtered by status, upstream status and search terms.
class TaskListQuery final : public SlicedQuery {
public:
    TaskListQuery(const SchedulerState& state, rpc::TaskList request)
        : request_(std::move(request)),
          status_(rpc::status_from(request_.status)),
          terms_(terms_of(request_.search)),
          limit_(request_.limit ? shown_limit(state, request_)
                                : static_cast<std::size_t>(state.config.max_shown_tasks)) {
        const auto count = count_if_too_many(state, request_);
        if (count) counted_ = count->python_text();
    }

    bool step(const SchedulerState& state, std::size_t visits) override {
        if (!counted_.empty() || (!status_ && !request_.status.empty())) return true;
        Budget budget(visits);
        for (; next_ < state.tasks.id_limit() && !budget.is_spent(); ++next_)
            if (!visit(state, static_cast<TaskId>(next_), budget)) return false;
        return next_ >= state.tasks.id_limit();
    }
    std::string take_json() override {
        if (!counted_.empty()) return counted_;
        if (request_.limit && count_ > limit_) return Json(Json::Object{{"num_tasks", count_}}).python_text();
        return shown_.take();
    }
    bool is_truncated() const override { return !request_.limit && count_ > limit_; }

private:
    /// Returns false when the budget was spent before it was clear if the task is one of the list.
    bool visit(const SchedulerState& state, TaskId id, Budget& budget) {
        const Task& task = state.tasks[id];
        budget.spend(1);
        if (!task.known || (status_ && task.status != *status_)) return true;
        if (!terms_.empty()) {
            budget.spend(4);  // the name is composed
            if (!contains_all(lower_utf8(display_name(task)), terms_)) return true;
        }
        if (task.status == Status::pending && !request_.upstream_status.empty()) {
            const auto upstream = upstream_.find(state, id, budget);
            if (!upstream) return false;
            if (*upstream != request_.upstream_status) return true;
        }
        if (++count_ <= limit_) {
            budget.spend(cost_of_showing);
            shown_.add(task.id, serialize_task(state, id));
        } else if (request_.limit) {
            shown_.clear();
        }
        return true;
    }

    rpc::TaskList request_;
    std::optional<Status> status_;
    std::vector<std::string> terms_;
    std::size_t limit_;
    std::string counted_;
    std::size_t next_ = 0;
    std::size_t count_ = 0;
    UpstreamStatus upstream_;
    TasksById shown_;
};

/// task_search: tasks by status whose id contains the text, the first ones.
class TaskSearchQuery final : public SlicedQuery {
public:
    TaskSearchQuery(const SchedulerState& state, rpc::TaskSearch request)
        : text_(std::move(request.task_str)), limit_(static_cast<std::size_t>(state.config.max_shown_tasks)) {}

    bool step(const SchedulerState& state, std::size_t visits) override {
        Budget budget(visits);
        for (; next_ < state.tasks.id_limit() && !budget.is_spent() && !is_truncated_; ++next_) {
            const Task& task = state.tasks[static_cast<TaskId>(next_)];
            budget.spend(1);
            if (!task.known || task.id.find(text_) == std::string::npos) continue;
            is_truncated_ = count_++ == limit_;
            if (is_truncated_) break;
            budget.spend(cost_of_showing);
            by_status_[rpc::text(task.status)].add(task.id, serialize_task(state, static_cast<TaskId>(next_)));
        }
        return is_truncated_ || next_ >= state.tasks.id_limit();
    }
    std::string take_json() override {
        std::string json;
        for (auto& [status, tasks] : by_status_) {
            json += json.empty() ? "{" : ", ";
            append_quoted(json, status);
            json += ": " + tasks.take();
        }
        return json.empty() ? "{}" : std::move(json) + "}";
    }
    bool is_truncated() const override { return is_truncated_; }

private:
    std::string text_;
    std::size_t limit_;
    std::size_t next_ = 0;
    std::size_t count_ = 0;
    bool is_truncated_ = false;
    std::map<std::string_view, TasksById> by_status_;
};

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

/// dep_graph, inverse_dep_graph and graph: tasks by id, breadth-first along dependencies or dependants, so that a graph
/// cut short shows what is next to its root.
class GraphQuery final : public SlicedQuery {
public:
    GraphQuery(const SchedulerState& state, Neighbours neighbours, bool include_done)
        : neighbours_(neighbours),
          include_done_(include_done),
          limit_(static_cast<std::size_t>(state.config.max_graph_nodes)),
          whole_limit_(static_cast<std::size_t>(state.config.max_shown_tasks)) {}

    /// Begins with one task; none: the graph is empty.
    void begin_at(std::optional<TaskId> root) {
        if (root) queue_.push_back({*root, true});
        is_whole_ = false;
    }
    /// Begins with each task in turn.
    void begin_everywhere() { is_whole_ = true; }

    bool step(const SchedulerState& state, std::size_t visits) override {
        Budget budget(visits);
        seen_.resize(state.tasks.id_limit());
        while (!budget.is_spent()) {
            if (queue_.empty() && !(is_whole_ && take_root(state, budget))) return !is_whole_ || is_at_end(state);
            if (is_whole_ && count_ == whole_limit_) return is_truncated_ = true;
            const Entry entry = queue_.front();
            queue_.pop_front();
            if (entry.is_root) count_before_root_ = count_;
            if (count_ - count_before_root_ == limit_) {
                is_truncated_ = true;
                queue_.clear();
                continue;
            }
            add(state, entry, budget);
        }
        return false;
    }
    std::string take_json() override { return nodes_.take(); }
    bool is_truncated() const override { return is_truncated_; }

private:
    struct Entry {
        TaskId task;
        bool is_root;
    };

    bool is_at_end(const SchedulerState& state) const { return next_root_ >= state.tasks.id_limit(); }

    bool take_root(const SchedulerState& state, Budget& budget) {
        for (; !is_at_end(state) && !budget.is_spent(); ++next_root_) {
            budget.spend(1);
            if (seen_[next_root_] || !state.tasks[static_cast<TaskId>(next_root_)].known) continue;
            queue_.push_back({static_cast<TaskId>(next_root_++), true});
            return true;
        }
        return false;
    }

    void add(const SchedulerState& state, Entry entry, Budget& budget) {
        const Task& task = state.tasks[entry.task];
        seen_[static_cast<std::size_t>(entry.task)] = true;
        if (task.id.empty()) return;  // removed since it was queued
        budget.spend(cost_of_showing + (task.*neighbours_).size());
        Json node = task.known && !task.family->empty() ? node_json(state, entry.task) : unregistered_node(task.id);
        Json::Object members = node.as_object();
        if (!entry.is_root) std::erase_if(members, [](const auto& member) { return member.first == "display_name"; });
        nodes_.add(task.id, std::move(members));
        ++count_;
    }

    Json node_json(const SchedulerState& state, TaskId id) {
        std::vector<TaskId> near = state.tasks[id].*neighbours_;
        if (!include_done_)
            std::erase_if(near,
                          [&](TaskId t) { return state.tasks[t].known && state.tasks[t].status == Status::done; });
        Json::Object json = serialize_task(state, id);
        json.emplace_back("deps", ids_of(state, near));
        std::sort(near.begin(), near.end(), [&](TaskId a, TaskId b) { return state.tasks[a].id < state.tasks[b].id; });
        for (const TaskId task : near) {
            if (seen_[static_cast<std::size_t>(task)]) continue;
            seen_[static_cast<std::size_t>(task)] = true;
            queue_.push_back({task, false});
        }
        return json;
    }

    Neighbours neighbours_;
    bool include_done_;
    bool is_whole_ = true;
    std::size_t limit_;        ///< nodes from one root
    std::size_t whole_limit_;  ///< nodes of all roots together
    std::size_t count_ = 0;
    std::size_t count_before_root_ = 0;
    std::size_t next_root_ = 0;
    bool is_truncated_ = false;
    std::vector<bool> seen_;
    std::deque<Entry> queue_;
    TasksById nodes_;
};

/// Makes the query that belongs to a request.
struct MakeQuery {
    const SchedulerState& state;

    std::unique_ptr<SlicedQuery> operator()(const rpc::TaskList& r) const {
        return std::make_unique<TaskListQuery>(state, r);
    }
    std::unique_ptr<SlicedQuery> operator()(const rpc::TaskSearch& r) const {
        return std::make_unique<TaskSearchQuery>(state, r);
    }
    std::unique_ptr<SlicedQuery> operator()(const rpc::DepGraph& r) const {
        return graph_of(r.task_id, &Task::deps, r.include_done);
    }
    std::unique_ptr<SlicedQuery> operator()(const rpc::InverseDepGraph& r) const {
        return graph_of(r.task_id, &Task::dependants, r.include_done);
    }
    std::unique_ptr<SlicedQuery> operator()(const rpc::Graph&) const {
        auto query = std::make_unique<GraphQuery>(state, &Task::deps, true);
        query->begin_everywhere();
        return query;
    }
    std::unique_ptr<SlicedQuery> operator()(const auto&) const { return nullptr; }

private:
    std::unique_ptr<SlicedQuery> graph_of(const std::string& root, Neighbours neighbours, bool include_done) const {
        auto query = std::make_unique<GraphQuery>(state, neighbours, include_done);
        query->begin_at(state.tasks.find(root));
        return query;
    }
};

}  // namespace

std::unique_ptr<SlicedQuery> make_sliced_query(const SchedulerState& state, const rpc::Request& request) {
    return std::visit(MakeQuery{state}, request);
}

bool is_sliced_query(const rpc::Request& request) {
    return std::holds_alternative<rpc::TaskList>(request) || std::holds_alternative<rpc::TaskSearch>(request) ||
           std::holds_alternative<rpc::DepGraph>(request) || std::holds_alternative<rpc::InverseDepGraph>(request) ||
           std::holds_alternative<rpc::Graph>(request);
}

Json execute_query(const SchedulerState& state, const rpc::Request& request) {
    const auto query = make_sliced_query(state, request);
    while (!query->step(state, std::numeric_limits<std::size_t>::max())) {
    }
    return Json::parse(query->take_json());
}

std::optional<Json> count_if_too_many(const SchedulerState& state, const rpc::TaskList& request) {
    if ((request.search && !request.search->empty()) || !request.limit) return std::nullopt;
    const auto status = rpc::status_from(request.status);
    const TaskIndex& index = state.tasks.index();
    const std::size_t count = request.status.empty() ? index.count() : status ? index.count(*status) : 0;
    if (count <= shown_limit(state, request)) return std::nullopt;
    return Json::Object{{"num_tasks", request.upstream_status.empty() ? Json(count) : Json(-1)}};
}

}  // namespace freshet::scheduler
