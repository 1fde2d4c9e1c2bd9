// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/requests.hpp"
#include "scheduler/run_walk.hpp"
#include "scheduler/sliced_query.hpp"
#include "scheduler/upstream_status.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

/// task_list: tasks by id, filtered by status, upstream status (of pending tasks only), family, worker, a part of the
/// error, a task that requires them, and search terms, all of which the display name must contain. With Luigi's limit,
/// {num_tasks} alone when more match; without it or with a cursor, the first `max_shown_tasks`.
class TaskListQuery final : public SlicedQuery {
public:
    TaskListQuery(const SchedulerState& state, rpc::TaskList request);

    bool step(const SchedulerState& state, Budget budget) override;
    QueryResult take_result() override;

private:
    bool is_page() const { return !request_.limit || request_.cursor; }
    void count_or_collect(const SchedulerState& state);
    bool collect_below(const SchedulerState& state, Budget& budget);
    void set_candidates(TaskList candidates);
    bool visit(const SchedulerState& state, TaskId id, Budget& budget);
    bool is_counted() const;
    bool matches_fields(const Task& task, Budget& budget) const;
    bool may_match(const SchedulerState& state, TaskId id, Budget& budget) const;
    bool matches_search(const SchedulerState& state, TaskId id, Budget& budget) const;
    void show(const SchedulerState& state, TaskId id, Budget& budget);

    rpc::TaskList request_;
    std::optional<Status> status_;
    std::vector<std::string> terms_;
    std::string error_;  ///< in small letters
    Signature searched_{};
    std::size_t limit_;
    std::optional<RunWalk> below_{};                   ///< until it has found the candidates
    std::optional<std::int64_t> num_tasks_{};          ///< the result, instead of tasks
    std::optional<std::vector<TaskId>> candidates_{};  ///< in order; none: all tasks
    std::size_t next_ = 0;                             ///< candidate or task
    std::size_t count_ = 0;                            ///< tasks that match
    std::optional<std::int64_t> cursor_{};
    UpstreamStatus upstream_;
    TasksById shown_;
};

/// task_search: tasks by status whose id contains the text, the first `max_shown_tasks`.
class TaskSearchQuery final : public SlicedQuery {
public:
    TaskSearchQuery(const SchedulerState& state, rpc::TaskSearch request);

    bool step(const SchedulerState& state, Budget budget) override;
    QueryResult take_result() override;

private:
    bool is_full() const;

    std::string text_;
    Signature searched_{};
    std::size_t limit_;
    std::size_t next_;
    std::size_t count_ = 0;
    std::optional<std::int64_t> cursor_{};
    std::map<std::string_view, TasksById> by_status_;
};

}  // namespace freshet::scheduler
