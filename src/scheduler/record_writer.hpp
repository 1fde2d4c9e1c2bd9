// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

/// Tasks, workers and settings as JSON that a later start reads. Instants are whole nanoseconds, so that what was
/// written comes back the same.
namespace freshet::scheduler {

Record task_record(const SchedulerState& state, TaskId task);
Record worker_record(const Worker& worker);
Json settings_record(const SchedulerState& state);

/// A task that was read, and the names of what it depends on.
struct RestoredTask {
    Task task;
    std::vector<std::string> deps;
};

/// Reads records of tasks. One after another they share most of what they say: it is looked up once.
class TaskReader {
public:
    explicit TaskReader(SchedulerState& state);
    /// Throws Error when the content cannot be one.
    RestoredTask read(const std::string& id, std::string_view content);

private:
    SchedulerState& state_;
    Task last_{};                         ///< what is shared, as it was read last
    std::vector<std::string> last_text_;  ///< from what, by member
};

// Each throws Error when the content cannot be one.
Worker worker_from_record(SchedulerState& state, const std::string& id, std::string_view content, Time now);
void restore_settings(SchedulerState& state, std::string_view content);

/// When a task that its record says is FAILED or DISABLED may run again; nullopt: never, or it is neither.
std::optional<Time> read_retry_at(const Json& content);
/// The ids of what the task of a record depends on.
std::vector<std::string> dependencies(const Json& content);

}  // namespace freshet::scheduler
