// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

#include <string_view>
#include <unordered_map>

namespace freshet::scheduler {

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

}  // namespace freshet::scheduler
