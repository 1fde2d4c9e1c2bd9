// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/list_queries.hpp"

#include "base/utf8.hpp"
#include "scheduler/luigi_queries.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <utility>

namespace freshet::scheduler {

namespace {

/// Few tasks of a status are sorted at once, within the time of a slice.
constexpr std::size_t max_sorted_share = 32;

/// The request's own limit lowers the configured one.
std::size_t shown_limit(const SchedulerState& state, const rpc::TaskList& request) {
    const std::int64_t own = request.max_shown_tasks.value_or(0);
    const std::int64_t most = state.config.max_shown_tasks;
    return static_cast<std::size_t>(own > 0 ? std::min(own, most) : most);
}

std::vector<std::string> terms_of(const std::optional<std::string>& search) {
    std::istringstream words(lower_utf8(search.value_or("")));
    return {std::istream_iterator<std::string>(words), {}};
}

/// Indexes the task if it is not yet. False for one that is not registered.
bool may_match_names(const SchedulerState& state, TaskId id, const Signature& searched, Budget& budget) {
    SearchIndex& index = state.tasks.search_index();
    budget.consume(Budget::check);
    if (!index.contains(id)) {
        if (!state.tasks[id].known) return false;
        budget.consume(2 * Budget::compose);
        index.insert(id, state.tasks[id]);
    }
    return index.may_match(id, searched);
}

}  // namespace

TaskListQuery::TaskListQuery(const SchedulerState& state, rpc::TaskList request)
    : request_(std::move(request)),
      status_(rpc::status_from(request_.status)),
      terms_(terms_of(request_.search)),
      error_(lower_utf8(request_.error)),
      limit_(shown_limit(state, request_)) {
    for (const std::string& term : terms_) searched_.add(term);
    searched_.add(lower_utf8(request_.family));  // a name begins with its family
    count_or_collect(state);
}

/// Counts where Luigi counts without walking the tasks. Collects the tasks of a rare status.
void TaskListQuery::count_or_collect(const SchedulerState& state) {
    const TaskIndex& index = state.tasks.index();
    const bool is_unknown = !status_ && !request_.status.empty();
    const std::size_t count = status_ ? index.count(*status_) : is_unknown ? 0 : index.count();
    if (is_counted() && !is_page() && count > limit_)
        num_tasks_ = request_.upstream_status.empty() ? static_cast<std::int64_t>(count) : -1;
    next_ = first_task_of_page(request_.cursor);
    const auto root = state.tasks.find(request_.below);
    if (is_unknown || (!request_.below.empty() && !root))
        candidates_.emplace();
    else if (root)
        below_.emplace(*root, state.tasks.id_limit());
    else if (status_ && count <= state.tasks.id_limit() / max_sorted_share)
        set_candidates(index.with_status(*status_));
}

void TaskListQuery::set_candidates(TaskList candidates) {
    std::ranges::sort(candidates);
    next_ =
        static_cast<std::size_t>(std::ranges::lower_bound(candidates, static_cast<TaskId>(next_)) - candidates.begin());
    candidates_ = std::move(candidates);
}

/// Returns false when the budget was spent before all tasks below the requested one were found.
bool TaskListQuery::collect_below(const SchedulerState& state, Budget& budget) {
    if (!below_) return true;
    if (!below_->advance(state, {}, budget)) return false;
    set_candidates(below_->tasks());
    below_.reset();
    return true;
}

/// True where the counts of the index are those of the list.
bool TaskListQuery::is_counted() const {
    return request_.search.value_or("").empty() && request_.family.empty() && request_.worker.empty() &&
           error_.empty() && request_.below.empty();
}

bool TaskListQuery::step(const SchedulerState& state, Budget budget) {
    if (!collect_below(state, budget)) return false;
    for (;; ++next_) {
        if (num_tasks_ || cursor_ || next_ >= (candidates_ ? candidates_->size() : state.tasks.id_limit())) return true;
        if (budget.is_consumed()) return false;
        if (!visit(state, candidates_ ? (*candidates_)[next_] : static_cast<TaskId>(next_), budget)) return false;
    }
}

/// Returns false when the budget was spent before it was clear if the task is one of the list.
bool TaskListQuery::visit(const SchedulerState& state, TaskId id, Budget& budget) {
    if (!may_match(state, id, budget) || (!terms_.empty() && !matches_search(state, id, budget))) return true;
    const Task& task = state.tasks[id];
    budget.consume(Budget::visit);
    if (!task.known || (status_ && task.status != *status_) || !matches_fields(task, budget)) return true;
    if (task.status == Status::pending && !request_.upstream_status.empty()) {
        const auto upstream = upstream_.find(state, id, budget);
        if (!upstream) return false;
        if (*upstream != request_.upstream_status) return true;
    }
    show(state, id, budget);
    return true;
}

bool TaskListQuery::matches_fields(const Task& task, Budget& budget) const {
    if (!request_.family.empty() && *task.family != request_.family) return false;
    if (!request_.worker.empty() && (!task.worker_running || *task.worker_running != request_.worker)) return false;
    if (error_.empty()) return true;
    if (!task.expl) return false;
    budget.consume(Budget::compose);
    return lower_utf8(*task.expl).find(error_) != std::string::npos;
}

/// Asks the index, which tells of most tasks that they are none of the list.
bool TaskListQuery::may_match(const SchedulerState& state, TaskId id, Budget& budget) const {
    const SearchIndex& index = state.tasks.search_index();
    if (!error_.empty() && !index.has_error(id)) {
        budget.consume(Budget::check);
        return false;
    }
    if (!terms_.empty()) return may_match_names(state, id, searched_, budget);
    if (searched_.empty() || index.may_match(id, searched_)) return true;
    budget.consume(Budget::check);
    return false;
}

bool TaskListQuery::matches_search(const SchedulerState& state, TaskId id, Budget& budget) const {
    budget.consume(Budget::compose);
    const std::string name = lower_utf8(full_name(state.tasks[id]));
    return std::ranges::all_of(terms_, [&](const std::string& term) { return name.find(term) != std::string::npos; });
}

void TaskListQuery::show(const SchedulerState& state, TaskId id, Budget& budget) {
    const bool is_over = count_++ >= limit_ || shown_.size() > JsonPieces::max_size;
    if (is_over && is_page()) {
        cursor_ = static_cast<std::int64_t>(id);
    } else if (is_over) {
        limit_ = 0;  // from now on they are counted
        shown_.clear();
    } else {
        budget.consume(Budget::show);
        shown_.add(state.tasks[id].id, serialize_task(state, id));
    }
}

QueryResult TaskListQuery::take_result() {
    if (!num_tasks_ && !is_page() && count_ > limit_) num_tasks_ = static_cast<std::int64_t>(count_);
    JsonPieces json = shown_.take();
    if (num_tasks_) {
        json = {};
        json.append_value(Json::Object{{"num_tasks", *num_tasks_}});
    }
    return {json.take(), cursor_.has_value(), cursor_};
}

TaskSearchQuery::TaskSearchQuery(const SchedulerState& state, rpc::TaskSearch request)
    : text_(std::move(request.task_str)),
      limit_(static_cast<std::size_t>(state.config.max_shown_tasks)),
      next_(first_task_of_page(request.cursor)) {
    if (valid_utf8(text_) == text_) searched_.add(lower_utf8(text_));
}

bool TaskSearchQuery::step(const SchedulerState& state, Budget budget) {
    for (; next_ < state.tasks.id_limit(); ++next_) {
        if (budget.is_consumed()) return false;
        const auto id = static_cast<TaskId>(next_);
        if (!searched_.empty() && !may_match_names(state, id, searched_, budget)) continue;
        const Task& task = state.tasks[id];
        budget.consume(Budget::visit);
        if (!task.known || task.id.find(text_) == std::string::npos) continue;
        if (count_++ == limit_ || is_full()) {
            cursor_ = static_cast<std::int64_t>(id);
            return true;
        }
        budget.consume(Budget::show);
        by_status_[rpc::text(task.status)].add(task.id, serialize_task(state, id));
    }
    return true;
}

bool TaskSearchQuery::is_full() const {
    std::size_t size = 0;
    for (const auto& [status, tasks] : by_status_) size += tasks.size();
    return size > JsonPieces::max_size;
}

QueryResult TaskSearchQuery::take_result() {
    JsonPieces json;
    for (auto& [status, tasks] : by_status_) {
        json.append(json.empty() ? "{" : ", ");
        json.append_string(status);
        json.append(": ");
        json.append(tasks.take());
    }
    json.append(json.empty() ? "{}" : "}");
    return {json.take(), cursor_.has_value(), cursor_};
}

}  // namespace freshet::scheduler
