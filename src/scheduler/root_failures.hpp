// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "scheduler/task.hpp"
#include "scheduler/write_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace freshet::scheduler {

/// Last state of a root task (family and parameters) that was removed before it succeeded.
struct RootFailure {
    std::string task_id;
    std::string family{};
    std::string name{};               ///< for display
    Status status = Status::unknown;  ///< last of the task that failed: the root, or one that it requires
    AlertLevel alert_level = AlertLevel::delayed;
    std::string why{};           ///< a sentence that begins after the name
    std::size_t tasks = 1;       ///< failed tasks that nothing but this root needs attention for
    std::uint32_t failures = 0;  ///< in a row, of the root and of the tasks that it requires
    Time since{};

    friend bool operator==(const RootFailure&, const RootFailure&) = default;
};

/// Failures of root tasks that were removed, until a newer run of the root takes them over or an operator acknowledges
/// them. Persistent and bounded: roots past the limit are counted as one.
class RootFailures {
public:
    static constexpr std::size_t max_roots = 10'000;
    static constexpr std::string_view overflow_id = "(other)";

    /// Adds a failure to those of its root.
    void add(RootFailure failure);
    /// Removes and returns the failures of the root.
    std::optional<RootFailure> take(const std::string& task_id);
    const std::map<std::string, RootFailure, std::less<>>& all() const { return all_; }

    /// Adds the change of a clock that was set.
    void shift_times(Time::duration change);
    /// Moves times in the future to `now`.
    void limit_times(Time now);

    /// Records of the roots that changed since the last call.
    std::vector<Record> take_changed();
    /// Ids of the roots that were removed since the last call.
    std::vector<std::string> take_removed();
    /// Throws Error when the record is malformed.
    void restore(const Record& record);

private:
    std::map<std::string, RootFailure, std::less<>> all_;
    std::set<std::string> changed_;
    std::set<std::string> removed_;
};

struct SchedulerState;

/// Keeps the failures of the roots of these tasks, which are about to be removed together.
void keep_failures(SchedulerState& state, const std::vector<TaskId>& expired, Time now);

/// Adds a task, which takes over the failures of the root of its name that was removed before.
TaskId add_task(SchedulerState& state, const std::string& id, Time now);

}  // namespace freshet::scheduler
