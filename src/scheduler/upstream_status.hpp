// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/sliced_query.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace freshet::scheduler {

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

}  // namespace freshet::scheduler
