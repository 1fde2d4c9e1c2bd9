// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/requests.hpp"
#include "scheduler/sliced_query.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace freshet::scheduler {

/// worker_list: connected workers, newest first, optionally with their running tasks, at most `max_shown_tasks` of
/// these.
class WorkerListQuery final : public SlicedQuery {
public:
    WorkerListQuery(const SchedulerState& state, const rpc::WorkerList& request);

    bool step(const SchedulerState& state, Budget budget) override;
    QueryResult take_result() override { return {.json = json_.take(), .is_truncated = is_truncated_}; }

private:
    bool add_running(const SchedulerState& state, const Worker& worker, Budget& budget);
    void finish(const SchedulerState& state, const Worker& worker);

    bool include_running_;
    std::size_t limit_;
    std::vector<std::string> names_;
    std::size_t next_ = 0;
    std::optional<Rank> last_{};  ///< running task of the present worker
    std::size_t running_ = 0;     ///< of the present worker
    TasksById tasks_;             ///< of the present worker
    JsonPieces json_;
    std::size_t shown_ = 0;
    bool is_truncated_ = false;
};

/// resource_list: resources with a limit and the running tasks that request them, at most `max_shown_tasks` of these.
class ResourceListQuery final : public SlicedQuery {
public:
    ResourceListQuery(const SchedulerState& state, Time now);

    bool step(const SchedulerState& state, Budget budget) override;
    QueryResult take_result() override;

private:
    struct Line {
        std::string name;
        std::int64_t limit;
        std::int64_t used;
        std::int64_t consumers = 0;
        TasksById running{};
    };

    void visit(const SchedulerState& state, TaskId id, Budget& budget);

    std::vector<Line> lines_;  ///< by name
    std::size_t limit_;
    std::optional<Rank> last_{};
    std::size_t shown_ = 0;
    std::size_t size_ = 0;  ///< of the text
    bool is_truncated_ = false;
};

}  // namespace freshet::scheduler
