// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

#include <string_view>
#include <unordered_map>

namespace freshet::scheduler {

/// Why pending tasks wait, as far as it is worse than the ordinary; remembers what it found out.
class UpstreamStatus {
public:
    explicit UpstreamStatus(const SchedulerState& state) : state_(state) {}

    /// UPSTREAM_... of the worst dependency, direct or not; "" when there is nothing to tell.
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
