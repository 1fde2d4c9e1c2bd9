// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler/scheduler_state.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Saved tasks, workers and settings: JSON objects that omit default values. Instants are whole nanoseconds since 1970,
/// so that they are restored exactly. Members and their names are a persistent format.
namespace freshet::scheduler {

Record task_record(const SchedulerState& state, TaskId task);
Record worker_record(const Worker& worker);
/// The JSON text of pause, limit overrides, reserved leases and grants of rates.
std::string settings_record(const SchedulerState& state);

/// A decoded task and the ids of its dependencies.
struct RestoredTask {
    Task task;
    std::vector<std::string> deps{};
};

/// Decodes records of tasks. Keeps the interned values of the last one: consecutive records share most of them.
class TaskReader {
public:
    explicit TaskReader(SchedulerState& state);
    /// Throws Error when `content` is not the record of a task.
    RestoredTask read(const std::string& id, std::string_view content);

private:
    SchedulerState& state_;
    Task last_{};                         ///< holds the interned values that were read last
    std::vector<std::string> last_text_;  ///< their JSON, by field
};

/// Decodes a worker; a connected one counts as heard of at `now`. Throws Error when `content` is not such a record.
Worker worker_from_record(SchedulerState& state, const std::string& id, std::string_view content, Time now);
/// Applies saved settings to the state. Throws Error when `content` is not such a record.
void restore_settings(SchedulerState& state, std::string_view content);

/// The end of the back-off of a task record; nullopt unless the task is FAILED or DISABLED and will be retried.
std::optional<Time> read_retry_at(const Json& content);
/// When an operator last had the task of a record tried again.
std::optional<Time> read_forgiven_at(const Json& content);
/// The ids of the dependencies in a task record.
std::vector<std::string> dependencies(const Json& content);

}  // namespace freshet::scheduler
